// FQLStorage
