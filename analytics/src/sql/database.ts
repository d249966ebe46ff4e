/** The one database that clients see; what the engine calls its own is nobody's to know. */
export const DATABASE = 'pelagic';
