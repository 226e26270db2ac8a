namespace Semblance;

/// <summary>
/// Represents the expansion of short queries with mask tokens, whose vectors count like others (ColBERT: Khattab and Zaharia 2020,
/// arXiv:2004.12832).
/// </summary>
/// <param name="Length">The minimum number of tokens of a query.</param>
/// <param name="IsFixed">
/// <see langword="true"/>, the default, to truncate longer queries to that length; otherwise, <see langword="false"/>.
/// </param>
/// <param name="IsAttended">
/// <see langword="true"/> if the tokens of the query attend to the expansion tokens; otherwise, <see langword="false"/>, the default, as in
/// ColBERT.
/// </param>
/// <param name="Token">The token; null for the tokenizer's mask token.</param>
public sealed record QueryExpansion(int Length, bool IsFixed = true, bool IsAttended = false, string? Token = null);
