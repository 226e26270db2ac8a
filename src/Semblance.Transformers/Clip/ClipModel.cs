using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Clip;

/// <summary>
/// Represents CLIP (Radford et al. 2021, arXiv:2103.00020), which embeds texts and images in one space. Immutable and thread-safe.
/// Parameter names are those of transformers' <c>CLIPModel</c>.
/// </summary>
public sealed class ClipModel
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("projection_dim", "text_config", "text_config_dict", "vision_config", "vision_config_dict")
        .Ignored("logit_scale_init_value") // the scale is among the weights
        .With(CommonKeys.All);

    private readonly ConfigurationFile _source;
    private readonly Linear _textProjection;
    private readonly Linear _visualProjection;
    private readonly Tensor _logitScale;

    internal ClipModel(ConfigurationFile config, Weights weights)
    {
        _source = config.Check(Keys);
        Own = new ModelParameters(weights);
        var scale = Own.Group(); // listed first, and last in memory
        Text = new ClipTextModel(Part(config, "text_config"), Own.Group());
        Vision = new ClipVisionModel(Part(config, "vision_config"), Own.Group());
        Dimension = config.WholeNumber("projection_dim", 1, 1 << 16, 512);
        _textProjection = Own.Group(uses: 0).Linear("text_projection", Dimension, Text.HiddenSize, bias: false);
        _visualProjection = Own.Group(uses: 0).Linear("visual_projection", Dimension, Vision.HiddenSize, bias: false);
        _logitScale = scale.Tensor("logit_scale");
    }

    /// <summary>Gets the text tower.</summary>
    public ClipTextModel Text { get; }

    /// <summary>Gets the image tower.</summary>
    public ClipVisionModel Vision { get; }

    /// <summary>Gets the dimension of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>Gets one sentence for each setting of <c>config.json</c> that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings => _source.Warnings;

    /// <summary>Gets the factor that makes the cosine similarity of a text and an image a logit.</summary>
    public float LogitScale => MathF.Exp(_logitScale.Values[0]);

    /// <summary>Loads the model in a folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; <see langword="false"/>, the default, to map the
    /// file.
    /// </param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The folder has another model, or configuration and weights do not match.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static ClipModel Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.OfModel(folder);
        if (config.Text("model_type") is not "clip")
        {
            throw config.Fault(
                "model_type", $"is '{config.Text("model_type")}'; expected 'clip' (load other models with Transformer.Load)");
        }

        var weights = new CheckpointWeights(Checkpoint.Open(folder), "", trainable);
        var model = new ClipModel(config, weights);
        weights.Check();
        return model;
    }

    /// <summary>Computes the embeddings of texts, not normalized.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns><c>[sequences × dimension]</c>.</returns>
    /// <exception cref="ArgumentException">A token id or position is outside the model's tables.</exception>
    public Tensor TextFeatures(Computation run, PackedBatch batch)
    {
        using var hidden = Text.Forward(run, batch);
        using var pooled = Text.Pool(run, hidden, batch);
        return run.Linear(pooled, _textProjection);
    }

    /// <summary>Computes the embeddings of images, not normalized.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="pixels"><c>[images × 3 × size × size]</c>.</param>
    /// <returns><c>[images × dimension]</c>.</returns>
    /// <exception cref="ArgumentException">The images have another size than the model expects.</exception>
    public Tensor ImageFeatures(Computation run, Tensor pixels)
    {
        using var hidden = Vision.Forward(run, pixels);
        using var pooled = Vision.Pool(run, hidden);
        return run.Linear(pooled, _visualProjection);
    }

    /// <summary>Computes the cosine similarity of each text and each image, times <see cref="LogitScale"/>.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="texts"><c>[texts × dimension]</c>, from <see cref="TextFeatures"/>.</param>
    /// <param name="images"><c>[images × dimension]</c>, from <see cref="ImageFeatures"/>.</param>
    /// <returns><c>[texts × images]</c>.</returns>
    public Tensor LogitsPerText(Computation run, Tensor texts, Tensor images)
    {
        using var unitTexts = run.Normalize(texts);
        using var unitImages = run.Normalize(images);
        using var cosines = run.MatrixProduct(unitTexts, unitImages);
        return run.Scale(cosines, LogitScale);
    }

    /// <summary>Writes <c>model.safetensors</c>, and <c>config.json</c> as it was loaded except for the type of the weights.</summary>
    /// <param name="folder">
    /// The folder, which is created if necessary; both files are replaced in one step, and weights of other names are removed.
    /// </param>
    /// <param name="weights">
    /// The type of the written parameters: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, Parameters(), _source, weights, withHead: true);

    /// <summary>Returns all parameters under the names of the original.</summary>
    public IEnumerable<Parameter> Parameters() => Own.All;

    /// <summary>Gets the linear layers and norms by their names in the checkpoint.</summary>
    public IReadOnlyDictionary<string, Layer> Layers => Own.Layers;

    /// <summary>Packs the weights; otherwise their first use does it.</summary>
    /// <param name="compute">The compute type. <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="ModelFormatException">A weight is not finite, which int8 cannot represent.</exception>
    public void Prepare(ComputeType compute = ComputeType.Float32) => Own.Prepare(compute);

    private ModelParameters Own { get; }

    // Older files have each section twice; the original uses the other one.
    private static ConfigurationFile Part(ConfigurationFile config, string field) =>
        config.Section(field + "_dict") ?? config.Section(field) ?? throw config.Fault(field, "is missing; it is needed");
}
