using System.Globalization;

namespace Semblance;

/// <summary>
/// Represents how the texts of an index are encoded: the model, its prompts, and the division into passages. The settings are stored as
/// attributes of the index.
/// </summary>
public sealed record TextIndexSettings
{
    private const string ModelKey = "model";
    private const string RevisionKey = "model_revision";
    private const string ProbeKey = "model_probe";
    private const string ComputeTypeKey = "compute_type";
    private const string QueryPromptKey = "query_prompt";
    private const string DocumentPromptKey = "document_prompt";
    private const string TruncationKey = "truncation";
    private const string ChunkSizeKey = "chunk_size";
    private const string ChunkOverlapKey = "chunk_overlap";

    /// <summary>Gets the name of the model, such as its id on the Hub or its folder; <see langword="null"/> if it has none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the commit of the model on the Hub; <see langword="null"/> if it is not known.</summary>
    public string? Revision { get; init; }

    /// <summary>
    /// Gets the vectors of some short texts, in part, by which <see cref="TextIndex"/> recognizes the model; <see langword="null"/> if an
    /// earlier version built the index.
    /// </summary>
    public string? Probe { get; init; }

    /// <summary>Gets the name of the <see cref="Tensors.ComputeType"/> that the model computes with; <c>float32</c> by default.</summary>
    public string ComputeType { get; init; } = "float32";

    /// <summary>Gets the prompt before each query; empty for none.</summary>
    public string QueryPrompt { get; init; } = "";

    /// <summary>Gets the prompt before each document; empty for none.</summary>
    public string DocumentPrompt { get; init; } = "";

    /// <summary>
    /// Gets the treatment of documents that are too long. With <see cref="Truncation.Chunk"/> the index has a vector for each passage.
    /// </summary>
    public Truncation Truncation { get; init; }

    /// <summary>Gets the maximum number of tokens of a passage; <see langword="null"/> for that of the model.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>Gets the approximate number of tokens that a passage shares with the one before it.</summary>
    public int ChunkOverlap { get; init; }

    /// <summary>Returns the settings of a new index.</summary>
    /// <param name="model">The model.</param>
    /// <param name="documents">
    /// The prompt and the truncation of documents; by default the prompt <c>document</c> of the model, if it has one.
    /// </param>
    /// <param name="queries">The prompt of queries; by default the prompt <c>query</c> of the model, if it has one.</param>
    /// <exception cref="ArgumentException">The model has no prompt of a name.</exception>
    public static TextIndexSettings Of(SentenceTransformer model, EncodeOptions? documents = null, EncodeOptions? queries = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        documents ??= EncodeOptions.Default;
        return new TextIndexSettings
        {
            Probe = ModelProbe.Of(model),
            ComputeType = model.Compute.ToString().ToLowerInvariant(),
            QueryPrompt = model.Config.PromptOf(model.QueryOptions(queries)),
            DocumentPrompt = model.Config.PromptOf(model.DocumentOptions(documents)),
            Truncation = documents.Truncation,
            ChunkSize = documents.ChunkSize,
            ChunkOverlap = documents.ChunkOverlap,
        };
    }

    /// <summary>Returns the settings of an index; those that it does not store have their defaults.</summary>
    /// <param name="index">The index.</param>
    public static TextIndexSettings Of(IVectorIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        var attributes = index.Attributes;
        return new TextIndexSettings
        {
            Model = attributes.GetValueOrDefault(ModelKey) is { Length: > 0 } model ? model : null,
            Revision = attributes.GetValueOrDefault(RevisionKey),
            Probe = attributes.GetValueOrDefault(ProbeKey),
            ComputeType = attributes.GetValueOrDefault(ComputeTypeKey) ?? "float32",
            QueryPrompt = attributes.GetValueOrDefault(QueryPromptKey) ?? "",
            DocumentPrompt = attributes.GetValueOrDefault(DocumentPromptKey) ?? "",
            Truncation = Enum.TryParse<Truncation>(attributes.GetValueOrDefault(TruncationKey), true, out var truncation)
                ? truncation
                : Truncation.Cut,
            ChunkSize = Number(attributes, ChunkSizeKey),
            ChunkOverlap = Number(attributes, ChunkOverlapKey) ?? 0,
        };
    }

    /// <summary>Returns the settings as attributes of a new index.</summary>
    public Dictionary<string, string> ToAttributes()
    {
        var attributes = new Dictionary<string, string>();
        Add(ModelKey, Model);
        Add(RevisionKey, Revision);
        Add(ProbeKey, Probe);
        Add(ComputeTypeKey, ComputeType);
        Add(QueryPromptKey, QueryPrompt);
        Add(DocumentPromptKey, DocumentPrompt);
        Add(TruncationKey, Truncation.ToString().ToLowerInvariant());
        Add(ChunkSizeKey, ChunkSize?.ToString(CultureInfo.InvariantCulture));
        Add(ChunkOverlapKey, ChunkOverlap > 0 ? ChunkOverlap.ToString(CultureInfo.InvariantCulture) : null);
        return attributes;

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                attributes[key] = value;
            }
        }
    }

    private static int? Number(IReadOnlyDictionary<string, string> attributes, string key) =>
        int.TryParse(attributes.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
