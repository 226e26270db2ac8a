using System.Text.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>Represents the contents of tokenizer_config.json, special_tokens_map.json and added_tokens.json.</summary>
internal sealed class TokenizerConfiguration
{
    private static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly JsonSection? _options;
    private readonly JsonSection? _map;
    private readonly JsonSection? _added;

    private readonly int _maxSize;

    /// <summary>Reads the files and checks their keys.</summary>
    /// <param name="files">The files.</param>
    /// <param name="maxSize">The maximum vocabulary size; a special token beyond it is left out.</param>
    public TokenizerConfiguration(TokenizerFiles files, int maxSize = Trie.Limit)
    {
        _maxSize = maxSize;
        _options = files.ReadJson(TokenizerFiles.Configuration)?.Check(TokenizerKeys.Configuration, IsToken);
        _map = files.ReadJson(TokenizerFiles.SpecialTokens)?.Check(TokenizerKeys.SpecialTokensMap, IsToken);
        _added = files.ReadJson(TokenizerFiles.AddedTokens);
    }

    /// <summary>
    /// Gets the tokenizer class of the reference, such as BertTokenizer, without "Fast" at its end; <see langword="null"/> if there is
    /// none.
    /// </summary>
    public string? ClassName => _options?.Optional("tokenizer_class")?.Text() is not { } name ? null
        : name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;

    /// <summary>Gets the class as the file names it, for messages.</summary>
    public string? FullClassName => Text("tokenizer_class");

    /// <summary>Gets the maximum sequence length in tokens; <see cref="int.MaxValue"/> if there is none.</summary>
    public int ModelMaxLength => (_options?.Optional("model_max_length") ?? _options?.Optional("max_len")) is not { } length
        ? int.MaxValue
        : length.NumberOrNull() is >= 1 and var number ? (int)Math.Min(number, int.MaxValue)
        : throw length.Error($"found {length.Element.GetRawText()}, expected a number of at least 1");

    /// <summary>Gets the side at which tokens are removed, or <see langword="null"/>.</summary>
    public Side? TruncationSide => SideOf("truncation_side");

    /// <summary>Gets the side at which padding is added, or <see langword="null"/>.</summary>
    public Side? PaddingSide => SideOf("padding_side");

    /// <summary>Returns the text of a special token (<c>cls_token</c>, …), or <see langword="null"/>.</summary>
    public string? SpecialToken(string name) => Find(name) is { } value ? ReadToken(value).Content : null;

    /// <summary>Returns whether there is an option, including one that is null.</summary>
    public bool Has(string name) => _options?.Has(name) ?? false;

    /// <summary>Returns an option that is true, false or null.</summary>
    public bool? Flag(string name) => _options?.Optional(name) is null ? null : _options.Value.Flag(name, false);

    /// <summary>Returns an option that is a number, or <see langword="null"/>.</summary>
    public int? Number(string name) => _options?.Optional(name)?.TokenId();

    /// <summary>Returns an option that is a string, or <see langword="null"/>.</summary>
    public string? Text(string name) => _options?.Optional(name)?.Text();

    /// <summary>Adds a warning about an option.</summary>
    public void Warn(string name, string message) => _options?.Optional(name)?.Warn(message);

    /// <summary>Returns an exception for an error of an option.</summary>
    public TokenizerFormatException Error(string name, string message) => _options!.Value.Optional(name)!.Value.Error(message);

    /// <summary>
    /// Adds the tokens that the files name to those of the tokenizer. As in the reference, <c>added_tokens_decoder</c> replaces
    /// special_tokens_map.json and added_tokens.json; then come the named special tokens, which keep the properties of a token with the
    /// same content.
    /// </summary>
    /// <param name="added">The added tokens of the tokenizer; receives the others.</param>
    /// <param name="listed">The tokens that tokenizer.json lists, with the ids in the file.</param>
    public void Extend(AddedVocabulary added, IEnumerable<AddedToken> listed)
    {
        if (_options is null && _map is null && _added is null)
        {
            return;
        }

        var byId = new SortedDictionary<int, AddedToken>();
        var named = Named().ToArray();
        if (Decoder is { } decoder)
        {
            foreach (var (name, value) in decoder.Members())
            {
                var id = int.TryParse(name, out var number) && number is >= 0 and < Trie.Limit
                    ? number
                    : throw decoder.Error($"found '{name}', expected an id");
                byId[id] = ReadAddedToken(value, id);
            }
        }
        else
        {
            var special = named.Select(token => token.Content).ToHashSet();
            foreach (var (content, value) in _added?.Members() ?? [])
            {
                var isSpecial = special.Contains(content);
                var id = value.TokenId();
                byId[id] = new AddedToken(id, content, false, false, false, Normalized: !isSpecial, Special: isSpecial);
            }

            foreach (var token in listed)
            {
                byId[token.Id] = token;
            }
        }

        var known = new Dictionary<string, AddedToken>();
        foreach (var token in byId.Values)
        {
            known[token.Content] = token;
        }

        bool IsKnown(AddedToken token) =>
            added.Find(token.Content) is { } same && same == token with { Id = same.Id, Special = same.Special || token.Special };

        added.Add(byId.Values.Where(token => !IsKnown(token)).ToArray());
        foreach (var (key, content, properties) in named)
        {
            if (key is not null && known.TryGetValue(content, out var same))
            {
                added.Add(same with { Special = true });
            }
            else if (added.IdOf(content) is null && added.Next >= _maxSize)
            {
                (_options ?? _map)!.Value.Warn(
                    $"the special token '{content}' was left out: it is not in the vocabulary, and the model has no embedding for its id {added.Next}");
            }
            else if (properties is not null)
            {
                added.Add(properties with { Special = true });
            }
            else if (added.Find(content) is null)
            {
                added.Add(new AddedToken(0, content, false, false, false, Normalized: false, Special: true));
            }
        }
    }

    /// <summary>Reads an added token with an id.</summary>
    public static AddedToken ReadAddedToken(JsonSection json, int id)
    {
        json.Check(TokenizerKeys.AddedToken);
        return new(
            id,
            json.Text("content"),
            json.Flag("single_word", false),
            json.Flag("lstrip", false),
            json.Flag("rstrip", false),
            json.Flag("normalized", !json.Flag("special", false)),
            json.Flag("special", false));
    }

    /// <summary>Reads a side of a text.</summary>
    public static Side ReadSide(JsonSection json, string left, string right) =>
        json.Text() is var name && name == right ? Side.Right
        : name == left ? Side.Left
        : throw json.Error($"'{name}' is not supported; supported are {left}, {right}");

    private JsonSection? Decoder => _options?.Optional("added_tokens_decoder");

    private Side? SideOf(string name) => _options?.Optional(name) is { } side ? ReadSide(side, "left", "right") : null;

    /// <summary>
    /// Returns whether a member is a special token: any name that ends with _token and has a token, as in transformers 5.
    /// </summary>
    private static bool IsToken(JsonProperty member) => member.Name.EndsWith("_token", StringComparison.Ordinal)
        && (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null
            || (member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("content", out _)));

    /// <summary>
    /// Returns a special token by its name; special_tokens_map.json takes precedence unless there is an added_tokens_decoder.
    /// </summary>
    private JsonSection? Find(string name) => Decoder is null
        ? _map?.Optional(name) ?? _options?.Optional(name)
        : _options?.Optional(name) ?? _map?.Optional(name);

    /// <summary>
    /// Returns the special tokens that the files name, in the order of the reference, each with its key if the key is of one token.
    /// </summary>
    private IEnumerable<(string? Key, string Content, AddedToken? Properties)> Named()
    {
        var map = Decoder is null ? _map : null;
        IEnumerable<string> others = new[] { _options, map }
            .SelectMany(file => file?.Element.EnumerateObject().AsEnumerable() ?? [])
            .Where(IsToken).Select(member => member.Name).Where(name => !Names.Contains(name)).Distinct();
        foreach (var name in Names.Concat(others))
        {
            if ((map?.Optional(name) ?? _options?.Optional(name)) is { } value)
            {
                yield return Token(name, value);
            }
        }

        foreach (var list in (string[])["additional_special_tokens", "model_specific_special_tokens", "extra_special_tokens"])
        {
            foreach (var value in new[] { _options, map }.Select(file => file?.Optional(list)))
            {
                var items = value is not { } tokens ? []
                    : tokens.Element.ValueKind == JsonValueKind.Object ? tokens.Members().Select(member => member.Value)
                    : tokens.Items();
                foreach (var item in items)
                {
                    yield return Token(null, item);
                }
            }
        }

        if (ClassName == "T5Tokenizer" && Number("extra_ids") is { } extra)
        {
            for (var i = 0; i < extra; i++)
            {
                yield return (null, $"<extra_id_{i}>", null);
            }
        }

        static (string? Key, string Content, AddedToken? Properties) Token(string? key, JsonSection value)
        {
            var (content, properties) = ReadToken(value);
            return (key, content, properties);
        }
    }

    /// <summary>Reads a special token: its text, or an object with its properties.</summary>
    private static (string Content, AddedToken? Properties) ReadToken(JsonSection value)
    {
        if (value.TextOrNull() is { } text)
        {
            return (text, null);
        }

        // special_tokens_map.json leaves out "special", because every token in it is special.
        var token = value.Element.ValueKind == JsonValueKind.Object ? ReadAddedToken(value, 0)
            : throw value.Error($"found {value.Element.GetRawText()}, expected a token or an object with its content");
        return (token.Content, token with { Normalized = value.Flag("normalized", false), Special = true });
    }
}
