using Semblance.Modules;

namespace Semblance;

/// <summary>Tokenizes queries and documents, with the prefix of each kind and the expansion of queries.</summary>
internal sealed class MultiVectorTokens
{
    private readonly TransformerModule _input;
    private readonly QueryExpansion? _expansion;
    private readonly int _expansionId;
    private readonly Kind _query;
    private readonly Kind _document;

    /// <exception cref="ArgumentException">The tokenizer does not have a token of the settings.</exception>
    public MultiVectorTokens(TransformerModule input, MultiVectorConfig config)
    {
        (_input, _expansion) = (input, config.QueryExpansion);
        var queryLength = _expansion switch
        {
            { IsFixed: true } expansion => expansion.Length,
            { } expansion => Math.Max(expansion.Length, config.QueryLength ?? int.MaxValue),
            _ => config.QueryLength,
        };
        _query = new Kind(Limit(queryLength), Prefix(config.QueryPrefix));
        _document = new Kind(Limit(config.DocumentLength), Prefix(config.DocumentPrefix));
        _expansionId = _expansion is null ? 0
            : (_expansion.Token is { } token ? input.Tokenizer.TokenToId(token) : input.Tokenizer.MaskId ?? input.Tokenizer.SeparatorId)
            ?? throw new ArgumentException($"The tokenizer has no token to fill queries up with ({_expansion.Token ?? "a mask token"}).");
    }

    /// <summary>Gets the maximum length of a document in tokens.</summary>
    public int DocumentLimit => _document.Limit;

    /// <summary>Tokenizes texts, each with the prompt before it.</summary>
    public TokenizedTexts Tokenize(IReadOnlyList<string> texts, string prompt, bool isQuery,
        TextOptions options, CancellationToken cancellationToken) => TokenizedTexts.From(
        texts.Count,
        i => Tokenize(prompt + (texts[i] ?? throw new ArgumentException($"Text {i} is null.", nameof(texts))), isQuery),
        isQuery ? _query.Limit : _document.Limit,
        options,
        cancellationToken);

    private TokenizedText Tokenize(string text, bool isQuery)
    {
        var (limit, prefix) = isQuery ? _query : _document;
        var tokenized = _input.Tokenize(text, Math.Max(1, limit - (prefix is null ? 0 : 1)));
        var ids = new List<int>(tokenized.Ids);
        if (prefix is { } id)
        {
            ids.Insert(Math.Min(1, ids.Count), id);
        }

        if (!isQuery || _expansion is null)
        {
            return new TokenizedText([.. ids], null, tokenized.IsTruncated);
        }

        var count = ids.Count;
        while (ids.Count < Math.Min(_expansion.Length, limit))
        {
            ids.Add(_expansionId);
        }

        return new TokenizedText([.. ids], null, tokenized.IsTruncated, _expansion.IsAttended ? null : count);
    }

    private int Limit(int? length) => Math.Min(_input.MaxSequenceLength, length ?? int.MaxValue);

    // The token as written, or without the space at the end of some prefixes.
    private int? Prefix(string? prefix) => prefix is null ? null
        : _input.Tokenizer.TokenToId(prefix) ?? _input.Tokenizer.TokenToId(prefix.Trim())
        ?? throw new ArgumentException($"The prefix '{prefix}' is not a token of the tokenizer.");

    private sealed record Kind(int Limit, int? Prefix);
}
