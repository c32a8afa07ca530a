startThread()
