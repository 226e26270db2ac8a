namespace Semblance;

/// <summary>What one element of a sparse vector stands for.</summary>
/// <param name="Token">The token, as the vocabulary writes it.</param>
/// <param name="Weight">Its weight.</param>
public readonly record struct TokenWeight(string Token, float Weight);
