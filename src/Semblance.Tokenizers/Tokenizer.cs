using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.PostProcessors;

namespace Semblance.Tokenizers;

/// <summary>
/// Converts texts to token ids and back, exactly as the Hugging Face tokenizers library does, with its components: added tokens,
/// normalizer, pre-tokenizer, model, post-processor and decoder. Immutable and thread-safe.
/// </summary>
public sealed partial class Tokenizer
{
    private readonly TokenizerFiles _files;
    private readonly Pipeline _pipeline;
    private readonly PostProcessor _postProcessor;
    private readonly Decoder? _decoder;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _addedIds;
    private readonly HashSet<string> _specialTokens;
    private readonly Func<byte[]>? _writeJson;

    private Tokenizer(TokenizerFiles files, int maxSize = Trie.Limit)
    {
        _files = files;
        var configuration = new TokenizerConfiguration(files, maxSize);
        var json = TokenizerJson.Read(files, configuration);
        var model = json.Model;
        var found = json.AddedTokens.Where(token => !token.Special || configuration.Flag("split_special_tokens") != true);
        _pipeline = new Pipeline([.. found], json.Normalizer, json.PreTokenizer, model, files.Path);
        _writeJson = json.Write;
        CleansUp = (configuration.Flag("clean_up_tokenization_spaces") ?? false)
            && (model is not Models.Bpe || (configuration.Flag("clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output") ?? false));
        _postProcessor = json.PostProcessor;
        _decoder = json.Decoder is not { Growth: > NormalizedText.MostGrowth and var growth } ? json.Decoder
            : throw new TokenizerFormatException($"{files.Path}: the decoder's rules can make a text {growth:0} times as long, expected at most {NormalizedText.MostGrowth} times.");
        _added = json.AddedTokens.ToDictionary(token => token.Id);
        _addedIds = json.AddedTokens.ToDictionary(token => token.Content, token => token.Id);
        _specialTokens = [.. json.AddedTokens.Where(token => token.Special).Select(token => token.Content)];
        VocabularySize = Math.Max(model.Size, _added.Keys.Append(_postProcessor.LargestId).Max() + 1);
        ModelMaxLength = configuration.ModelMaxLength;
        TruncationLength = json.TruncationLength;
        TruncationSide = configuration.TruncationSide ?? json.TruncationSide ?? Side.Right;
        PaddingSide = configuration.PaddingSide ?? json.PaddingSide ?? Side.Right;

        int? Named(string name, params ReadOnlySpan<string> defaults)
        {
            if (configuration.SpecialToken(name) is { } token)
            {
                return TokenToId(token);
            }

            foreach (var candidate in defaults)
            {
                if (_addedIds.TryGetValue(candidate, out var id))
                {
                    return id;
                }
            }

            return null;
        }

        UnknownId = model.UnknownId ?? Named("unk_token");
        ClassId = Named("cls_token") ?? _postProcessor.FirstId;
        SeparatorId = Named("sep_token") ?? _postProcessor.LastId;
        PaddingId = Named("pad_token") ?? (json.PaddingToken is { } padding ? TokenToId(padding) : null) ?? Named("pad_token", "[PAD]", "<pad>");
        MaskId = Named("mask_token", "[MASK]", "<mask>");
        Warnings = files.Warnings.Sentences;
    }

    /// <summary>
    /// Gets the warnings about the files: keys that are not known, and options that the tokenizer class does not apply. Each is a sentence
    /// that names the file and the key.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Gets the highest id plus 1: the number of rows that an embedding table needs.</summary>
    public int VocabularySize { get; }

    /// <summary>Gets the id of the padding token, or <see langword="null"/> if there is none.</summary>
    public int? PaddingId { get; }

    /// <summary>
    /// Gets the id of the token at the beginning of a text (<c>[CLS]</c>, <c>&lt;s&gt;</c>), or <see langword="null"/> if there is none.
    /// </summary>
    public int? ClassId { get; }

    /// <summary>
    /// Gets the id of the token at the end of a text (<c>[SEP]</c>, <c>&lt;/s&gt;</c>), or <see langword="null"/> if there is none.
    /// </summary>
    public int? SeparatorId { get; }

    /// <summary>Gets the id of the unknown token, or <see langword="null"/> if there is none.</summary>
    public int? UnknownId { get; }

    /// <summary>
    /// Gets the id of the unknown token if the model names it by its text (<c>unk_token</c>), as WordPiece, BPE and WordLevel do;
    /// otherwise, <see langword="null"/>. Unigram models name it by its id.
    /// </summary>
    public int? NamedUnknownId => _pipeline.Model is Models.Unigram ? null : UnknownId;

    /// <summary>
    /// Gets the prefix of tokens that continue a word, such as <c>##</c>, or <see langword="null"/> if the tokens of the model show where a
    /// word begins in another way.
    /// </summary>
    public string? ContinuingSubwordPrefix => _pipeline.Model.ContinuingSubwordPrefix is { Length: > 0 } prefix ? prefix : null;

    /// <summary>
    /// Gets a value that indicates whether the first token of a word begins with the space before it: <c>Ġ</c> of byte-level BPE, or
    /// <c>▁</c> of SentencePiece.
    /// </summary>
    public bool MarksSpaces => Encode("a a").Tokens.Any(token => token is ['Ġ' or '▁', ..]);

    /// <summary>Gets the id of the mask token, or <see langword="null"/> if there is none.</summary>
    public int? MaskId { get; }

    /// <summary>
    /// Gets the maximum sequence length in tokens in <c>tokenizer_config.json</c>; <see cref="int.MaxValue"/> if there is none.
    /// </summary>
    public int ModelMaxLength { get; }

    /// <summary>
    /// Gets the maximum length in the <c>truncation</c> section of <c>tokenizer.json</c>, or <see langword="null"/>. Only static embeddings
    /// apply it, as in sentence-transformers.
    /// </summary>
    public int? TruncationLength { get; }

    /// <summary>
    /// Gets the side at which tokens of a text that is too long are removed: the value in <c>tokenizer_config.json</c>, else in the
    /// <c>truncation</c> section of <c>tokenizer.json</c>, else <see cref="Side.Right"/>.
    /// </summary>
    public Side TruncationSide { get; }

    /// <summary>
    /// Gets the side at which <see cref="Pad"/> adds padding: the value in <c>tokenizer_config.json</c>, else in the <c>padding</c> section
    /// of <c>tokenizer.json</c>, else <see cref="Side.Right"/>.
    /// </summary>
    public Side PaddingSide { get; }

    /// <summary>
    /// Gets a value that indicates whether decoding removes spaces before punctuation (<c>clean_up_tokenization_spaces</c>), so that a
    /// later token changes the text before it.
    /// </summary>
    internal bool CleansUp { get; }

    /// <summary>Decodes token ids to a text. Ids that are not in the vocabulary are left out.</summary>
    /// <param name="ids">The ids of the tokens.</param>
    /// <param name="skipSpecialTokens">
    /// <see langword="true"/> (the default) to leave out special tokens; otherwise, <see langword="false"/>.
    /// </param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var text = DecodeRaw(ids, skipSpecialTokens);
        return CleansUp ? CleanUp(text) : text;
    }

    /// <summary>Returns the id of a token, or <see langword="null"/> if it is not in the vocabulary.</summary>
    /// <param name="token">The token.</param>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedIds.TryGetValue(token, out var id) ? id : _pipeline.Model.TokenToId(token);
    }

    /// <summary>Returns the token with an id, or <see langword="null"/> if there is none.</summary>
    /// <param name="id">The id.</param>
    public string? IdToToken(int id) => _added.TryGetValue(id, out var token) ? token.Content : _pipeline.Model.IdToToken(id);

    /// <summary>Joins tokens to a text with the decoder, without any cleanup.</summary>
    /// <param name="tokens">The tokens, as <see cref="Encoding.Tokens"/> lists them.</param>
    public string JoinTokens(IReadOnlyList<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return _decoder?.Decode([.. tokens]) ?? string.Join(' ', tokens);
    }

    private string DecodeRaw(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            // As in the reference, a token that is found in the normalized text is decoded, and compared, in its normalized form.
            var token = _added.TryGetValue(id, out var added) ? _pipeline.ContentOf(added) : _pipeline.Model.IdToToken(id);
            if (token is not null && !(skipSpecialTokens && _specialTokens.Contains(token)))
            {
                tokens.Add(token);
            }
        }

        return _decoder?.Decode(tokens) ?? string.Join(' ', tokens);
    }

    /// <summary>Removes spaces as the reference does for a whole text; the WordPiece decoder has one more contraction.</summary>
    private static string CleanUp(string text)
    {
        foreach (var (from, to) in ((string, string)[])[(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")])
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }
}
