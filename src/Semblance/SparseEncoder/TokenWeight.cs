namespace Semblance;

/// <summary>Represents a token with its weight, one element of a sparse vector.</summary>
/// <param name="Token">The token, as in the vocabulary.</param>
/// <param name="Weight">The weight.</param>
public readonly record struct TokenWeight(string Token, float Weight);
