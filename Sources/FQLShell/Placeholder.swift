// FQLShell
