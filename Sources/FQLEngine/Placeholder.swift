// FQLEngine
