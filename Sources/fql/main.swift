import FQLShell

Program.main()
