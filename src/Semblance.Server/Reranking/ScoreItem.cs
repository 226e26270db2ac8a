namespace Semblance.Server.Reranking;

/// <summary>Represents the score of a pair.</summary>
/// <param name="Index">The index of the pair.</param>
/// <param name="Object"><c>score</c>.</param>
/// <param name="Score">The score.</param>
internal sealed record ScoreItem(int Index, string Object, float Score);
