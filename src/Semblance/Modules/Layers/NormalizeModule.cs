using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Normalizes sentence vectors, or token vectors, to length 1.</summary>
/// <param name="onTokens"><see langword="true"/> to normalize token vectors; otherwise, <see langword="false"/>, the default.</param>
/// <param name="documentsOnly">
/// <see langword="true"/> to keep the lengths of the vectors of queries (the route <c>query</c>); otherwise, <see langword="false"/>, the
/// default.
/// </param>
public sealed class NormalizeModule(bool onTokens = false, bool documentsOnly = false) : Module
{
    private const string Tokens = "token_embeddings";
    private const string DocumentsOnlyKey = "documents_only"; // not in sentence-transformers

    private static readonly KnownKeys Keys = new KnownKeys().Supported("module_input_name", "module_output_name", DocumentsOnlyKey);

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Normalize";

    /// <summary>Gets a value that indicates whether token vectors are normalized.</summary>
    public bool OnTokens { get; } = onTokens;

    /// <summary>Gets a value that indicates whether vectors of queries keep their lengths.</summary>
    /// <remarks>
    /// In late interaction, a query's token then counts by its length, and a document's token only by its direction.
    /// </remarks>
    public bool DocumentsOnly { get; } = documentsOnly;

    /// <summary>Loads the module from its folder, in which newer versions store a <c>config.json</c>.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged, or names vectors that are not supported.</exception>
    public static NormalizeModule Load(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path))
        {
            return new NormalizeModule();
        }

        var config = ConfigurationFile.Read(path).Check(Keys);
        return new NormalizeModule(DenseModule.WorksOnTokens(config), config.Flag(DocumentsOnlyKey, false)) { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (OnTokens)
        {
            shape.RequireTokens();
        }
        else
        {
            shape.RequireSentences();
        }
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (DocumentsOnly && features.Route == "query")
        {
            return;
        }

        if (OnTokens)
        {
            features.TokenEmbeddings = run.Normalize(TokenEmbeddings(features));
        }
        else
        {
            features.SentenceEmbeddings = run.Normalize(SentenceEmbeddings(features));
        }
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        // Without settings, the empty folder is part of the layout.
        if (!OnTokens && !DocumentsOnly)
        {
            return;
        }

        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            if (OnTokens)
            {
                json.WriteString("module_input_name", Tokens);
                json.WriteString("module_output_name", Tokens);
            }

            if (DocumentsOnly)
            {
                json.WriteBoolean(DocumentsOnlyKey, true);
            }

            json.WriteEndObject();
        });
    }

    /// <inheritdoc/>
    public override string ToString() => (OnTokens, DocumentsOnly) switch
    {
        (true, true) => "Normalize(tokens of documents)",
        (true, false) => "Normalize(tokens)",
        (false, true) => "Normalize(documents)",
        _ => "Normalize()",
    };
}
