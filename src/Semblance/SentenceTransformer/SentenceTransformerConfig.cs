using Semblance.Files.Json;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Represents the settings of a model beyond its modules: <c>config_sentence_transformers.json</c>.</summary>
public sealed record SentenceTransformerConfig : EncoderConfig
{
    private static readonly KnownKeys Keys = new KnownKeys().Supported(
        "default_prompt_name", "prompts", "similarity_fn_name", "truncate_dim").With(CommonKeys);

    /// <summary>Gets the similarity function of the model's vectors.</summary>
    public SimilarityFunction SimilarityFunction { get; init; }

    /// <summary>Gets the number of first elements of a vector that are kept unless the options set another number; null for all.</summary>
    public int? TruncateDimension { get; init; }

    /// <summary>Reads the settings of a folder; returns the defaults if there is no file.</summary>
    /// <exception cref="ModelFormatException">A field has an invalid value.</exception>
    public static SentenceTransformerConfig Load(string folder) => Load(folder, SimilarityFunction.Cosine);

    /// <summary>Writes the settings into a folder.</summary>
    public void Save(string folder) => Save(folder, ModelKind.SentenceTransformer);

    /// <summary>Reads the settings of a folder, with a default for the similarity function.</summary>
    internal static SentenceTransformerConfig Load(string folder, SimilarityFunction similarity)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new SentenceTransformerConfig { SimilarityFunction = similarity };
        }

        var file = ConfigurationFile.Read(path).Check(Keys);
        var (prompts, defaultName) = ReadPrompts(file);
        return new SentenceTransformerConfig
        {
            Prompts = prompts,
            DefaultPromptName = defaultName,
            SimilarityFunction = file.Text("similarity_fn_name") is { } name ? ParseSimilarity(file, name) : similarity,
            TruncateDimension = file.Find("truncate_dim") is null ? null : file.WholeNumber("truncate_dim", 1, int.MaxValue),
            Warnings = file.Warnings,
        };
    }

    internal override void Save(string folder, ModelKind kind) => Write(folder, kind, json =>
    {
        json.WriteString("similarity_fn_name", SimilarityFunction.Name());
        if (TruncateDimension is { } dimension)
        {
            json.WriteNumber("truncate_dim", dimension);
        }
    });

    private static SimilarityFunction ParseSimilarity(ConfigurationFile file, string name)
    {
        try
        {
            return SimilarityFunctions.Parse(name);
        }
        catch (FormatException e)
        {
            throw new ModelFormatException(file.Path, $"'similarity_fn_name': {e.Message}", e);
        }
    }
}
