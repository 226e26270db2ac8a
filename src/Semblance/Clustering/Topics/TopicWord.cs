namespace Semblance;

/// <summary>Represents a word that describes a cluster.</summary>
/// <param name="Word">The word in lower case; for Chinese text, a pair of characters.</param>
/// <param name="Weight">The class-based tf-idf weight of the word in the cluster.</param>
public readonly record struct TopicWord(string Word, double Weight);
