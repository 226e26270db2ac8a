using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Normalizes sentence vectors, or token vectors, to length 1.</summary>
/// <param name="onTokens"><see langword="true"/> to normalize token vectors; otherwise, <see langword="false"/>, the default.</param>
public sealed class NormalizeModule(bool onTokens = false) : Module
{
    private const string Tokens = "token_embeddings";

    private static readonly KnownKeys Keys = new KnownKeys().Supported("module_input_name", "module_output_name");

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Normalize";

    /// <summary>Gets a value that indicates whether token vectors are normalized.</summary>
    public bool OnTokens { get; } = onTokens;

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
        return new NormalizeModule(DenseModule.WorksOnTokens(config)) { Warnings = config.Warnings };
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
        if (OnTokens)
        {
            JsonFile.Write(Path.Combine(folder, "config.json"), json =>
            {
                json.WriteStartObject();
                json.WriteString("module_input_name", Tokens);
                json.WriteString("module_output_name", Tokens);
                json.WriteEndObject();
            });
        }
    }

    /// <inheritdoc/>
    public override string ToString() => OnTokens ? "Normalize(tokens)" : "Normalize()";
}
