using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.PostProcessors;

namespace Semblance.Tokenizers;

/// <summary>
/// Text to token ids and back, as the Hugging Face tokenizers library does it: added tokens, normalizer, pre-tokenizer,
/// model, post-processor. Immutable; any number of threads can use one at the same time.
/// </summary>
public sealed class Tokenizer
{
    // A buffer that grew beyond this is not kept for the thread's next text.
    private const int LargestKeptBuffer = 1 << 14;

    [ThreadStatic]
    private static TokenBuffer? _buffer;

    private readonly TokenizerFiles _files;
    private readonly Pipeline _pipeline;
    private readonly PostProcessor _postProcessor;
    private readonly Decoder? _decoder;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _addedIds;
    private readonly HashSet<string> _specialTokens;
    private readonly Func<byte[]>? _writeJson;
    private readonly bool _cleansUp;

    private Tokenizer(TokenizerFiles files, int rows = Trie.Limit)
    {
        _files = files;
        var configuration = new TokenizerConfiguration(files, rows);
        var json = TokenizerJson.Read(files, configuration);
        var model = json.Model;
        var found = json.AddedTokens.Where(token => !token.Special || configuration.Flag("split_special_tokens") != true);
        _pipeline = new Pipeline([.. found], json.Normalizer, json.PreTokenizer, model, files.Path);
        _writeJson = json.Write;
        _cleansUp = (configuration.Flag("clean_up_tokenization_spaces") ?? false)
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

        int? Named(string name, params ReadOnlySpan<string> usual)
        {
            if (configuration.SpecialToken(name) is { } token)
            {
                return TokenToId(token);
            }

            foreach (var candidate in usual)
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
    /// Gets what the files ask for and the tokenizer does not do: keys that are not known, options that the tokenizer's class does not apply. One sentence
    /// each, with the file and the key.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>One more than the highest id: the number of rows that an embedding table needs.</summary>
    public int VocabularySize { get; }

    /// <summary>The id of the padding token, or null where there is none.</summary>
    public int? PaddingId { get; }

    /// <summary>The id of the token that texts begin with (<c>[CLS]</c>, <c>&lt;s&gt;</c>), or null where there is none.</summary>
    public int? ClassId { get; }

    /// <summary>The id of the token that texts end with (<c>[SEP]</c>, <c>&lt;/s&gt;</c>), or null where there is none.</summary>
    public int? SeparatorId { get; }

    /// <summary>The id of the token for what the vocabulary lacks, or null where there is none.</summary>
    public int? UnknownId { get; }

    /// <summary>The id of the unknown token where the vocabulary names it, as all but Unigram's do.</summary>
    internal int? NamedUnknownId => _pipeline.Model is Models.Unigram ? null : UnknownId;

    /// <summary>The id of the token that stands for a hidden one, or null where there is none.</summary>
    public int? MaskId { get; }

    /// <summary>The longest input in tokens that tokenizer_config.json gives; <see cref="int.MaxValue"/> where it gives none.</summary>
    public int ModelMaxLength { get; }

    /// <summary>The largest length in the <c>truncation</c> section of tokenizer.json, or null. Only static embeddings apply it, as the original does.</summary>
    public int? TruncationLength { get; }

    /// <summary>At which end tokens are taken from a text that is too long: what tokenizer_config.json or the <c>truncation</c> section of tokenizer.json says, else <see cref="Side.Right"/>.</summary>
    public Side TruncationSide { get; }

    /// <summary>Gets the end at which <see cref="Pad"/> adds padding: what tokenizer_config.json or the <c>padding</c> section of tokenizer.json says, else <see cref="Side.Right"/>.</summary>
    public Side PaddingSide { get; }

    /// <summary>
    /// Loads a tokenizer from a folder: from <c>tokenizer.json</c>, or else from <c>vocab.txt</c> (BERT), <c>vocab.json</c> with <c>merges.txt</c>, or a
    /// SentencePiece model; with the options and tokens in <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c>.
    /// </summary>
    /// <exception cref="TokenizerFormatException">A file is missing, damaged, or needs a component that is not supported.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new Tokenizer(TokenizerFiles.Read(folder));
    }

    /// <summary>Loads <c>tokenizer.json</c> without the files beside it, as Model2Vec and StaticEmbedding do; all files where there is none.</summary>
    internal static Tokenizer LoadJson(string folder) => new(TokenizerFiles.ReadJsonAlone(folder));

    /// <summary>
    /// The same tokenizer for a model with a number of embeddings. Special tokens that the configuration names, that the vocabulary lacks and that would
    /// have ids beyond it are left out, with a warning: the original loads such a model, and fails at a text with the token.
    /// </summary>
    internal Tokenizer For(int rows) => VocabularySize <= rows ? this : new Tokenizer(_files.Again(), rows);

    /// <summary>The same tokenizer without the <c>truncation</c> section of its tokenizer.json.</summary>
    internal Tokenizer WithoutTruncation()
    {
        if (TruncationLength is null)
        {
            return this;
        }

        var json = System.Text.Json.Nodes.JsonNode.Parse(_writeJson!())!;
        json["truncation"] = null;
        return new Tokenizer(new TokenizerFiles("") { [TokenizerFiles.Json] = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()) });
    }

    /// <summary>Makes a BERT tokenizer from its tokens; a token's place is its id.</summary>
    /// <param name="vocabulary">The tokens, with <c>[UNK]</c>, <c>[CLS]</c> and <c>[SEP]</c> among them; <c>[PAD]</c> and <c>[MASK]</c> are used where present.</param>
    /// <param name="lowerCase">Lower-cases texts and strips accents.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks a needed token or has one that cannot be written to a file.</exception>
    public static Tokenizer CreateBert(IReadOnlyList<string> vocabulary, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new Tokenizer(BertFiles.Create(vocabulary, lowerCase));
    }

    /// <summary>Makes a tokenizer from the contents of its files.</summary>
    /// <param name="json">That of <c>tokenizer.json</c>.</param>
    /// <param name="configuration">That of <c>tokenizer_config.json</c>, or null.</param>
    /// <exception cref="TokenizerFormatException">One is damaged, or needs a component that is not supported.</exception>
    public static Tokenizer FromJson(string json, string? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        var files = new TokenizerFiles("") { [TokenizerFiles.Json] = System.Text.Encoding.UTF8.GetBytes(json) };
        if (configuration is not null)
        {
            files[TokenizerFiles.Configuration] = System.Text.Encoding.UTF8.GetBytes(configuration);
        }

        return new Tokenizer(files);
    }

    /// <summary>Writes the files that the tokenizer was made from, unchanged, in one step. Files of another tokenizer in the folder are removed; all others stay.</summary>
    /// <param name="folder">The folder, made if need be.</param>
    /// <exception cref="IOException">The files cannot be written; the folder is as it was.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _files.Save(folder);
    }

    /// <summary>
    /// Writes <c>tokenizer.json</c> alone, in one step: as it was read or made of <c>vocab.txt</c>, with what the files beside it change in it. All other files of the folder stay.
    /// </summary>
    /// <param name="folder">The folder, made if need be.</param>
    /// <exception cref="NotSupportedException">The tokenizer was read from files of another kind.</exception>
    public void SaveJson(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        JsonFiles().Add(folder);
    }

    /// <summary>
    /// Tokenizes a text or a pair. Any text will do; half of a surrogate pair counts as U+FFFD.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">A second text, for models that compare two.</param>
    /// <param name="options">Largest length and special tokens; null for <see cref="TokenizerOptions.Default"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The largest length or the stride is negative.</exception>
    /// <exception cref="ArgumentException">The truncation strategy names a text that is missing or too short, or the stride is as long as a part.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer makes the text more than 256 times as long, as only one made for it can.</exception>
    public Encoding Encode(string text, string? pair = null, TokenizerOptions? options = null)
    {
        options ??= TokenizerOptions.Default;
        var buffer = TakeBuffer();
        var encoding = options is { Overflow: false, Truncation: TruncationStrategy.LongestFirst, Stride: 0 } && SideOf(options) == Side.Right
            ? EncodeBeginning(buffer, text, pair, options)
            : EncodeParts(buffer, text, pair, options);
        ReturnBuffer(buffer);
        return encoding;
    }

    /// <summary>Makes encodings equally long with padding tokens, for libraries that want rectangles.</summary>
    /// <param name="encodings">The encodings; those that are long enough are returned as they are.</param>
    /// <param name="options">Length, side and token; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no padding token.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or more than an array can have, or the multiple is less than 1.</exception>
    public IReadOnlyList<Encoding> Pad(IReadOnlyList<Encoding> encodings, PaddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        options ??= new PaddingOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MultipleOf, 1, nameof(options));
        var id = options.Id ?? PaddingId ?? throw new ArgumentException("The tokenizer has no padding token; name one as the options' Id.", nameof(options));
        var length = options.Length ?? encodings.Select(encoding => encoding.Count).DefaultIfEmpty().Max();
        var multiples = ((long)length + options.MultipleOf - 1) / options.MultipleOf * options.MultipleOf;
        ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(multiples, Array.MaxLength, nameof(options));
        length = (int)multiples;
        return [.. encodings.Select(encoding => encoding.Count >= length ? encoding : encoding.Pad(length - encoding.Count, id, options.TypeId, options.Side ?? PaddingSide))];
    }

    /// <summary>Tokenizes as <see cref="Encode(string, string?, int, bool, TokenBuffer)"/> does, but takes tokens at the tokenizer's own end.</summary>
    internal void EncodeOwn(string text, string? pair, int maxLength, bool specialTokens, TokenBuffer destination)
    {
        var cutsBeginning = TruncationSide == Side.Left && maxLength > 0;
        Encode(text, pair, cutsBeginning ? 0 : maxLength, specialTokens, destination);
        if (!cutsBeginning || destination.Count <= maxLength)
        {
            return;
        }

        var isPair = pair is not null;
        var limit = Math.Max(0, maxLength - (specialTokens ? _postProcessor.AddedTokens(isPair) : 0));
        var (first, second) = TruncationWindows.Lengths(destination.First.Count, isPair ? destination.Second.Count : null, limit, TruncationStrategy.LongestFirst);
        destination.Assemble(
            _postProcessor.Pieces(isPair), specialTokens, (destination.First.Count - first, destination.First.Count), (destination.Second.Count - second, destination.Second.Count));
    }

    /// <summary>
    /// Tokenizes a text or a pair into memory that is used again, so that nothing is allocated once the buffer has grown.
    /// What the buffer held is replaced.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">A second text, or null.</param>
    /// <param name="maxLength">The largest number of tokens, special ones included; 0 for no limit.</param>
    /// <param name="specialTokens">Adds the model's special tokens.</param>
    /// <param name="destination">Receives ids, type ids and offsets.</param>
    public void Encode(string text, string? pair, int maxLength, bool specialTokens, TokenBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Fill(destination, text, pair, maxLength == 0 ? null : maxLength, specialTokens);
    }

    /// <summary>The number of tokens of a text, with the special ones and without truncation.</summary>
    public int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = TakeBuffer();
        var count = _pipeline.Count(text, buffer.Scratch, buffer.First) + _postProcessor.AddedTokens(isPair: false);
        ReturnBuffer(buffer);
        return count;
    }

    /// <summary>Turns ids back into a text. Ids that the vocabulary lacks are left out.</summary>
    /// <param name="ids">The tokens' ids.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var text = DecodeRaw(ids, skipSpecialTokens);
        return _cleansUp ? CleanUp(text) : text;
    }

    /// <summary>True if decoding takes out spaces before punctuation (<c>clean_up_tokenization_spaces</c>), so that a later token changes what is before it.</summary>
    internal bool CleansUp => _cleansUp;

    private string DecodeRaw(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            // As in the reference, which shows a token that is found after normalisation as normalised, and goes by what it shows.
            var token = _added.TryGetValue(id, out var added) ? _pipeline.ContentOf(added) : _pipeline.Model.IdToToken(id);
            if (token is not null && !(skipSpecialTokens && _specialTokens.Contains(token)))
            {
                tokens.Add(token);
            }
        }

        return _decoder?.Decode(tokens) ?? string.Join(' ', tokens);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedIds.TryGetValue(token, out var id) ? id : _pipeline.Model.TokenToId(token);
    }

    /// <summary>The token with an id, or null.</summary>
    public string? IdToToken(int id) => _added.TryGetValue(id, out var token) ? token.Content : _pipeline.Model.IdToToken(id);

    /// <summary>Makes sure that <see cref="SaveJson"/> will do.</summary>
    /// <exception cref="NotSupportedException">The tokenizer was read from files that do not become one.</exception>
    internal void CheckJson() => _ = JsonFiles();

    private TokenizerFiles JsonFiles()
    {
        var json = _writeJson?.Invoke() ?? throw new NotSupportedException($"{_files.PathOf(TokenizerFiles.Json)}: is missing, and can be made of a {TokenizerFiles.Vocabulary} only; save the tokenizer with a {TokenizerFiles.Json} first.");
        return new TokenizerFiles(Path.GetDirectoryName(_files.PathOf(TokenizerFiles.Json)) ?? "") { [TokenizerFiles.Json] = json };
    }

    /// <summary>The original's clean-up of a whole text; that of the WordPiece decoder knows one contraction more.</summary>
    private static string CleanUp(string text)
    {
        foreach (var (from, to) in ((string, string)[])[(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")])
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }

    private Side SideOf(TokenizerOptions options) => options.TruncationSide ?? TruncationSide;

    private static TokenBuffer TakeBuffer()
    {
        var buffer = _buffer ?? new TokenBuffer();
        _buffer = null;
        buffer.Clear();
        return buffer;
    }

    private static void ReturnBuffer(TokenBuffer buffer) => _buffer = buffer.Capacity <= LargestKeptBuffer ? buffer : null;

    private Encoding EncodeBeginning(TokenBuffer buffer, string text, string? pair, TokenizerOptions options)
    {
        Fill(buffer, text, pair, options.MaxLength, options.AddSpecialTokens);
        return new Encoding(this, buffer);
    }

    /// <summary>Tokenizes all of the texts and cuts them into the part that is kept and those that overflow.</summary>
    private Encoding EncodeParts(TokenBuffer buffer, string text, string? pair, TokenizerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxLength ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Stride, nameof(options));
        Fill(buffer, text, pair, null, options.AddSpecialTokens);
        var isPair = pair is not null;
        var limit = options.MaxLength is { } length ? Math.Max(0, length - (options.AddSpecialTokens ? _postProcessor.AddedTokens(isPair) : 0)) : int.MaxValue;
        var (first, second) = (buffer.First.Count, buffer.Second.Count);
        var (firstLength, secondLength) = TruncationWindows.Lengths(first, isPair ? second : null, limit, options.Truncation);
        var firsts = TruncationWindows.Cut(first, firstLength, options.Stride, SideOf(options));
        var seconds = TruncationWindows.Cut(second, secondLength, options.Stride, SideOf(options));
        var overflowing = new List<Encoding>();
        for (var i = 1; options.Overflow && i < firsts.Count; i++)
        {
            overflowing.AddRange(seconds.Select(part => Assemble(buffer, isPair, options, firsts[i], part, null)));
        }

        overflowing.AddRange(seconds.Skip(options.Overflow ? 1 : seconds.Count).Select(part => Assemble(buffer, isPair, options, firsts[0], part, null)));
        return Assemble(buffer, isPair, options, firsts[0], seconds[0], overflowing);
    }

    /// <summary>The encoding of parts of the texts; the one that is kept has overflowing ones and knows of all tokens.</summary>
    private Encoding Assemble(
        TokenBuffer buffer, bool isPair, TokenizerOptions options, (int Start, int End) first, (int Start, int End) second, List<Encoding>? overflowing)
    {
        buffer.Assemble(_postProcessor.Pieces(isPair), options.AddSpecialTokens, first, second);
        return overflowing is null
            ? new Encoding(this, buffer) { TokenCount = buffer.Count }
            : new Encoding(this, buffer) { Overflowing = overflowing };
    }

    private void Fill(TokenBuffer buffer, string text, string? pair, int? maxLength, bool specialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength ?? 0, nameof(maxLength));
        buffer.Clear();
        var isPair = pair is not null;
        var added = specialTokens ? _postProcessor.AddedTokens(isPair) : 0;
        var limit = maxLength is { } length ? Math.Max(0, length - added) : int.MaxValue;
        buffer.First.Restart(isPair && maxLength is { } watched ? watched : int.MaxValue);
        _pipeline.Tokenize(text, limit, buffer.Scratch, buffer.First);
        if (isPair)
        {
            buffer.Second.Restart(maxLength ?? int.MaxValue);
            _pipeline.Tokenize(pair!, limit, buffer.Scratch, buffer.Second);
        }

        buffer.TokenCount = buffer.First.Count + buffer.Second.Count + added;
        Truncate(buffer.First, buffer.Second, limit);
        Trim(buffer.First);
        Trim(buffer.Second);
        buffer.Assemble(_postProcessor.Pieces(isPair), specialTokens);
    }

    /// <summary>
    /// Longest first: the shorter text stays whole if it fits in half the limit, else each gets half, and of an odd limit
    /// the longer one (the second of equals) the odd token. As in the reference, which stops tokenizing at the word that
    /// reaches the largest length, "longer" compares what was seen until there.
    /// </summary>
    private static void Truncate(TokenList first, TokenList second, int limit)
    {
        if ((long)first.Seen + second.Seen <= limit)
        {
            first.Truncate(limit);
            second.Truncate(limit);
            return;
        }

        var shorter = Math.Min(Math.Min(first.Seen, second.Seen), limit / 2);
        var longer = limit - shorter;
        var isFirstLonger = first.Seen > second.Seen;
        first.Truncate(isFirstLonger ? longer : shorter);
        second.Truncate(isFirstLonger ? shorter : longer);
    }

    private void Trim(TokenList tokens)
    {
        for (var i = 0; _postProcessor.TrimsOffsets && i < tokens.Count; i++)
        {
            var token = tokens.SurfaceOf(i) ?? IdToToken(tokens.Ids[i]);
            _postProcessor.TrimOffset(token, i == 0, ref tokens.Starts[i], ref tokens.Ends[i]);
        }
    }
}
