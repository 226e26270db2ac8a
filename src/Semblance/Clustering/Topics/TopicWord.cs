namespace Semblance;

/// <summary>A word that says what a cluster is about.</summary>
/// <param name="Word">The word, in lower case; of Chinese text a pair of characters.</param>
/// <param name="Weight">How much it belongs to this cluster and not to the others.</param>
public readonly record struct TopicWord(string Word, double Weight);
