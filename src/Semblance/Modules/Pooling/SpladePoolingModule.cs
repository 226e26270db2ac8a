using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Pools the logits of a masked language model into one weight for each token of the vocabulary (SPLADE: Formal et al. 2021,
/// arXiv:2107.05720, 2109.10086).
/// </summary>
/// <param name="pooling">The operation over the tokens of a text; the maximum by default.</param>
/// <param name="twice">
/// <see langword="true"/> to apply the saturation ln(1 + x) twice, as in inference-free models (arXiv:2411.04403); otherwise,
/// <see langword="false"/>, the default.
/// </param>
/// <param name="dimension">The dimension of the result, if the configuration names it.</param>
public sealed class SpladePoolingModule(VocabularyPooling pooling = VocabularyPooling.Max, bool twice = false, int? dimension = null)
    : Module
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("activation_function", "embedding_dimension", "pooling_strategy")
        .Alias("word_embedding_dimension", "embedding_dimension")
        .Ignored("chunk_size"); // limits the memory of the original

    private static readonly string[] Strategies = ["max", "sum"];
    private static readonly string[] Activations = ["relu", "log1p_relu"];

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.sparse_encoder.models.SpladePooling";

    /// <summary>Gets the operation over the tokens of a text.</summary>
    public VocabularyPooling Pooling { get; } = pooling;

    /// <summary>Gets a value that indicates whether the saturation is applied twice.</summary>
    public bool Twice { get; } = twice;

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <summary>Loads the module from <c>config.json</c> in its folder.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged, or has a value that is not supported.</exception>
    public static SpladePoolingModule Load(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        return new SpladePoolingModule(
            (VocabularyPooling)Choice(config, "pooling_strategy", Strategies),
            Choice(config, "activation_function", Activations) == 1,
            config.Find("embedding_dimension") is null ? null : config.WholeNumber("embedding_dimension", 1, int.MaxValue))
        { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.Require(shape.HasWordLogits, "pools vocabulary logits, but no earlier module computes them");
        shape.SentenceWidth = shape.TokenWidth;
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var words = features.WordLayer
            ?? throw new InvalidOperationException($"{Type} pools vocabulary logits, but no earlier module computes them.");
        features.SentenceEmbeddings = run.PoolVocabulary(TokenEmbeddings(features), words, features.Batch, Pooling, Twice ? 2 : 1);
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32) => JsonFile.Write(Path.Combine(folder, "config.json"), json =>
    {
        json.WriteStartObject();
        json.WriteString("pooling_strategy", Strategies[(int)Pooling]);
        json.WriteString("activation_function", Activations[Twice ? 1 : 0]);
        json.WritePropertyName("word_embedding_dimension");
        if (dimension is { } width)
        {
            json.WriteNumberValue(width);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override string ToString() => $"SpladePooling({Strategies[(int)Pooling]}, {Activations[Twice ? 1 : 0]})";

    private static int Choice(ConfigurationFile config, string field, string[] names)
    {
        var name = config.Text(field) ?? names[0];
        var index = Array.IndexOf(names, name);
        return index >= 0 ? index : throw config.Fault(field, $"is '{name}'; supported are {string.Join(", ", names)}");
    }
}
