using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Represents the settings of a late-interaction model beyond its modules, in the format of sentence-transformers, PyLate or ColBERT.
/// </summary>
public sealed record MultiVectorConfig : EncoderConfig
{
    private const string SettingsFile = "sentence_bert_config.json";
    private const string ColbertFile = "artifact.metadata";

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "attend_to_expansion_tokens", "default_prompt_name", "do_query_expansion", "document_length",
            "document_prefix", "model_type", "prompts", "query_expansion", "query_length", "query_prefix",
            "similarity_fn_name", "skiplist_words")
        .Alias("attend_to_mask_tokens", "attend_to_expansion_tokens")
        .Ignored("truncate_dim") // of dense vectors
        .With(CommonKeys);

    // The settings of a head are in one file, with those of its transformer.
    private static readonly KnownKeys HeadKeys = new KnownKeys().Supported("max_seq_length").With(Keys);

    private static readonly KnownKeys ColbertKeys = new KnownKeys()
        .Supported("attend_to_mask_tokens", "doc_maxlen", "doc_token_id", "mask_punctuation", "query_maxlen", "query_token_id")
        .Unsupported("interaction", "colbert", "\"colbert\"")
        .Unsupported("similarity", "cosine", "\"cosine\"");

    private static readonly KnownKeys ExpansionKeys = new KnownKeys().Supported("attend", "length", "strategy", "token");

    /// <summary>Gets the token that is inserted after the first token of a query, such as <c>[unused0]</c>; null for none.</summary>
    public string? QueryPrefix { get; init; }

    /// <summary>Gets the token that is inserted after the first token of a document, such as <c>[unused1]</c>; null for none.</summary>
    public string? DocumentPrefix { get; init; }

    /// <summary>Gets the maximum length of a query in tokens; null for the model's maximum sequence length.</summary>
    public int? QueryLength { get; init; }

    /// <summary>Gets the maximum length of a document in tokens; null for the model's maximum sequence length.</summary>
    public int? DocumentLength { get; init; }

    /// <summary>Gets the expansion of short queries; null for none.</summary>
    public QueryExpansion? QueryExpansion { get; init; }

    /// <summary>Gets a value that indicates whether scores are divided by the number of query tokens (<c>meanmaxsim</c>).</summary>
    public bool IsMean { get; init; }

    /// <summary>Gets the tokens to skip in documents, if the settings list them instead of a module.</summary>
    internal IReadOnlyList<string>? Skiplist { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the modules are those of PyLate or ColBERT, which normalize and skip without naming it.
    /// </summary>
    internal bool IsLegacy { get; init; }

    internal static MultiVectorConfig Load(string folder, bool isColbert)
    {
        var path = Path.Combine(folder, FileName);
        var config = isColbert ? FromColbert(folder) : File.Exists(path)
            ? FromSettings(ConfigurationFile.Read(path).Check(Keys)) : new MultiVectorConfig();
        var own = Path.Combine(folder, SettingsFile);
        if (isColbert || !File.Exists(own))
        {
            return config;
        }

        // The settings of the transformer take precedence.
        var settings = ConfigurationFile.Read(own);
        return config.With(settings) with { Warnings = [.. config.Warnings, .. settings.Warnings] };
    }

    /// <summary>Reads the settings of a head, and the maximum sequence length of its transformer; null for that of the folder.</summary>
    internal static (MultiVectorConfig Config, int? MaxLength) LoadHead(string path)
    {
        var file = ConfigurationFile.Read(path).Check(HeadKeys);
        return (FromSettings(file).With(file), Length(file, "max_seq_length"));
    }

    /// <summary>Writes the settings of a head.</summary>
    internal void SaveHead(string folder, string name, int maxLength) => Write(folder, ModelKind.MultiVectorEncoder, json =>
    {
        WriteTexts(json);
        json.WritePropertyName("query_expansion");
        WriteExpansion(json);
        foreach (var (key, length) in Lengths.Append(("max_seq_length", maxLength)))
        {
            if (length is { } tokens)
            {
                json.WriteNumber(key, tokens);
            }
        }
    }, name);

    internal override void Save(string folder, ModelKind kind)
    {
        Write(folder, kind, WriteTexts);
        ConfigurationFile.Read(Path.Combine(folder, SettingsFile)).SaveWith("query_expansion", WriteExpansion);
        foreach (var (name, length) in Lengths)
        {
            if (length is { } tokens)
            {
                ConfigurationFile.Read(Path.Combine(folder, SettingsFile)).SaveWith(name, json => json.WriteNumberValue(tokens));
            }
        }
    }

    private (string Key, int? Length)[] Lengths => [("query_length", QueryLength), ("document_length", DocumentLength)];

    private void WriteTexts(Utf8JsonWriter json)
    {
        json.WriteString("similarity_fn_name", IsMean ? "meanmaxsim" : "maxsim");
        if (QueryPrefix is not null || DocumentPrefix is not null)
        {
            json.WriteString("query_prefix", QueryPrefix);
            json.WriteString("document_prefix", DocumentPrefix);
            json.WriteBoolean("do_query_expansion", QueryExpansion is not null); // readers assume true if it is missing
        }
    }

    private void WriteExpansion(Utf8JsonWriter json)
    {
        if (QueryExpansion is not { } expansion)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("strategy", expansion.IsFixed ? "fixed" : "min");
        json.WriteBoolean("attend", expansion.IsAttended);
        json.WriteString("token", expansion.Token);
        json.WriteNumber("length", expansion.Length);
        json.WriteEndObject();
    }

    private MultiVectorConfig With(ConfigurationFile settings) => this with
    {
        QueryLength = Length(settings, "query_length") ?? QueryLength,
        DocumentLength = Length(settings, "document_length") ?? DocumentLength,
        QueryExpansion = settings.Section("query_expansion")?.Check(ExpansionKeys) is { } expansion
            ? Expansion(expansion) : QueryExpansion,
    };

    private static MultiVectorConfig FromSettings(ConfigurationFile file)
    {
        var (prompts, defaultName) = ReadPrompts(file);
        var isPylate = file.Text("model_type") == "ColBERT" || file.Find("query_prefix") is not null
            || file.Find("document_prefix") is not null;
        var similarity = file.Text("similarity_fn_name");
        var config = new MultiVectorConfig
        {
            Prompts = prompts,
            DefaultPromptName = defaultName,
            IsMean = similarity == "meanmaxsim",
            Warnings = file.Warnings,
        };
        if (!isPylate)
        {
            return similarity is null or "maxsim" or "meanmaxsim"
                ? config
                : throw file.Fault("similarity_fn_name", $"is '{similarity}'; late interaction is scored with maxsim or meanmaxsim");
        }

        return config with
        {
            QueryPrefix = Prefix(file, "query_prefix", "[Q] "),
            DocumentPrefix = Prefix(file, "document_prefix", "[D] "),
            DocumentLength = Length(file, "document_length") ?? (file.Text("model_type") == "MultiVectorEncoder" ? null : 180),
            QueryLength = Length(file, "query_length"),
            QueryExpansion = file.Section("query_expansion")?.Check(ExpansionKeys) is { } expansion ? Expansion(expansion)
                : file.Flag("do_query_expansion", true) && !file.IsNull("query_expansion")
                ? new QueryExpansion(Length(file, "query_length") ?? 32, IsAttended: file.Flag("attend_to_expansion_tokens", false))
                : null,
            Skiplist = file.Find("skiplist_words") is null ? MultiVectorMaskModule.Punctuation : file.Texts("skiplist_words"),
            IsLegacy = file.Text("model_type") != "MultiVectorEncoder",
        };
    }

    private static MultiVectorConfig FromColbert(string folder)
    {
        var path = Path.Combine(folder, ColbertFile);
        // the other settings are for training and for an index
        var file = File.Exists(path) ? ConfigurationFile.Read(path).Check(ColbertKeys, isShared: true) : null;
        return new MultiVectorConfig
        {
            QueryPrefix = file?.Text("query_token_id") ?? "[unused0]",
            DocumentPrefix = file?.Text("doc_token_id") ?? "[unused1]",
            DocumentLength = file is null ? null : Length(file, "doc_maxlen"),
            QueryExpansion = new QueryExpansion((file is null ? null : Length(file, "query_maxlen")) ?? 32,
                IsAttended: file?.Flag("attend_to_mask_tokens", false) ?? false),
            Skiplist = file?.Flag("mask_punctuation", true) ?? true ? MultiVectorMaskModule.Punctuation : [],
            IsLegacy = true,
        };
    }

    private static QueryExpansion Expansion(ConfigurationFile expansion) => new(
        expansion.WholeNumber("length", 1, 1 << 20),
        expansion.Text("strategy") switch
        {
            "fixed" => true,
            "min" => false,
            var other => throw expansion.Fault("strategy", $"is '{other}'; expected fixed or min"),
        },
        expansion.Flag("attend", false),
        expansion.Text("token"));

    private static int? Length(ConfigurationFile file, string field) =>
        file.Find(field) is null ? null : file.WholeNumber(field, 1, 1 << 20);

    private static string? Prefix(ConfigurationFile file, string field, string fallback) =>
        (file.Text(field) ?? fallback) is { Length: > 0 } prefix ? prefix : null;
}
