namespace Semblance.Tokenizers.Loading;

/// <summary>What tokenizer_config.json and special_tokens_map.json say.</summary>
internal sealed class TokenizerConfiguration(TokenizerFiles files)
{
    private readonly JsonSection? _options = files.ReadJson(TokenizerFiles.Configuration);
    private readonly JsonSection? _map = files.ReadJson(TokenizerFiles.SpecialTokens);

    /// <summary>The class of the reference library that reads the files, such as BertTokenizer.</summary>
    public string? ClassName => _options?.Optional("tokenizer_class")?.TextOrNull();

    /// <summary>The longest input of the model in tokens; int.MaxValue where it isn't known.</summary>
    public int ModelMaxLength =>
        _options?.Optional("model_max_length")?.NumberOrNull() is { } number and >= 1 and <= int.MaxValue ? (int)number : int.MaxValue;

    /// <summary>At which end tokens are taken from a text that is too long, or null.</summary>
    public Side? TruncationSide => _options?.Optional("truncation_side") is { } side ? ReadSide(side, "left", "right") : null;

    /// <summary>The text of a special token (<c>cls_token</c>, …), or null.</summary>
    public string? SpecialToken(string name) => TextOf(_options?.Optional(name)) ?? TextOf(_map?.Optional(name));

    /// <summary>True if an option is there, be it null.</summary>
    public bool Has(string name) => _options?.Has(name) ?? false;

    /// <summary>An option that is true, false or null.</summary>
    public bool? Flag(string name) => _options?.Optional(name) is null ? null : _options.Value.Flag(name, false);

    /// <summary>An option that is a number of things, or null.</summary>
    public int? Number(string name) => _options?.Optional(name)?.TokenId();

    /// <summary>The tokens of <c>added_tokens_decoder</c>.</summary>
    public IEnumerable<AddedToken> AddedTokens() =>
        _options?.Optional("added_tokens_decoder") is not { } decoder ? []
        : decoder.Members().Select(member => ReadAddedToken(
            member.Value,
            int.TryParse(member.Name, out var id) && id is >= 0 and < Trie.Limit ? id : throw decoder.Error($"found '{member.Name}', expected an id")));

    /// <summary>Reads an added token with an id.</summary>
    public static AddedToken ReadAddedToken(JsonSection json, int id) => new(
        id,
        json.Text("content"),
        json.Flag("single_word", false),
        json.Flag("lstrip", false),
        json.Flag("rstrip", false),
        json.Flag("normalized", !json.Flag("special", false)),
        json.Flag("special", false));

    /// <summary>Reads an end of a text.</summary>
    public static Side ReadSide(JsonSection json, string left, string right) =>
        json.Text() is var name && name == right ? Side.Right
        : name == left ? Side.Left
        : throw json.Error($"'{name}' is not supported; supported are {left}, {right}");

    private static string? TextOf(JsonSection? value) =>
        value is not { } token ? null : token.TextOrNull() ?? (token.Has("content") ? token.Text("content") : null);
}
