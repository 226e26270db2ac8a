namespace Semblance.Training;

/// <summary>One row of a data set.</summary>
/// <param name="Texts">Its texts, in the order of the mapping: a pair, an anchor with positive and negative, or one text alone.</param>
/// <param name="Score">How alike the texts are, if a column says so.</param>
/// <param name="Label">The class, from 0, if a column says so.</param>
public sealed record Example(IReadOnlyList<string> Texts, float? Score = null, int? Label = null);
