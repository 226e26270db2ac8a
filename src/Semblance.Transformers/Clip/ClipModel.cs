using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Clip;

/// <summary>
/// CLIP (Radford et al. 2021, arXiv:2103.00020): texts and images in one space. Immutable, and safe for all threads. Parameter names are those of
/// transformers' <c>CLIPModel</c>.
/// </summary>
public sealed class ClipModel
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Honoured("projection_dim", "text_config", "text_config_dict", "vision_config", "vision_config_dict")
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

    /// <summary>The tower of texts.</summary>
    public ClipTextModel Text { get; }

    /// <summary>The tower of images.</summary>
    public ClipVisionModel Vision { get; }

    /// <summary>The width of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Gets what <c>config.json</c> says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => _source.Warnings;

    /// <summary>What the cosine of a text and an image is multiplied by to make a logit.</summary>
    public float LogitScale => MathF.Exp(_logitScale.Values[0]);

    /// <summary>Loads the model in a folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="trainable">Gives the model parameters of its own, which training can change, instead of the mapped file's.</param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The folder has another model, or configuration and weights do not fit.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static ClipModel Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.OfModel(folder);
        if (config.Text("model_type") is not "clip")
        {
            throw config.Fault("model_type", $"is '{config.Text("model_type")}'; a clip is wanted, and any other model is loaded with Transformer.Load");
        }

        var weights = new CheckpointWeights(Checkpoint.Open(folder), "", trainable);
        var model = new ClipModel(config, weights);
        weights.Check();
        if (!trainable)
        {
            model.Own.Prepare();
        }

        return model;
    }

    /// <summary>The vectors of texts, not yet of length one.</summary>
    /// <param name="run">The computation; it owns what is returned.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns><c>[sequences × dimension]</c>.</returns>
    /// <exception cref="ArgumentException">A token id or position is outside the model's tables.</exception>
    public Tensor TextFeatures(Computation run, PackedBatch batch)
    {
        using var hidden = Text.Forward(run, batch);
        using var pooled = Text.Pool(run, hidden, batch);
        return run.Linear(pooled, _textProjection);
    }

    /// <summary>The vectors of images, not yet of length one.</summary>
    /// <param name="run">The computation; it owns what is returned.</param>
    /// <param name="pixels"><c>[images × 3 × size × size]</c>.</param>
    /// <returns><c>[images × dimension]</c>.</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public Tensor ImageFeatures(Computation run, Tensor pixels)
    {
        using var hidden = Vision.Forward(run, pixels);
        using var pooled = Vision.Pool(run, hidden);
        return run.Linear(pooled, _visualProjection);
    }

    /// <summary>The cosine of each text and each image, times <see cref="LogitScale"/>.</summary>
    /// <param name="run">The computation; it owns what is returned.</param>
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

    /// <summary>Writes <c>model.safetensors</c>, and <c>config.json</c> as it was loaded but for the type of the weights.</summary>
    /// <param name="folder">The folder, made if need be; both files are replaced in one step, and weights of other names are removed.</param>
    /// <param name="weights">The type that parameters are written in, <see cref="DType.F32"/> or <see cref="DType.F16"/>.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32) => ModelFiles.Save(folder, Parameters(), _source, weights, withHead: true);

    /// <summary>Returns all parameters under the names of the original.</summary>
    public IEnumerable<Parameter> Parameters() => Own.All;

    /// <summary>Gets the linear layers and norms by their names in the checkpoint.</summary>
    public IReadOnlyDictionary<string, Layer> Layers => Own.Layers;

    private ModelParameters Own { get; }

    // Older files have each part twice, and the original takes the other one.
    private static ConfigurationFile Part(ConfigurationFile config, string field) =>
        config.Section(field + "_dict") ?? config.Section(field) ?? throw config.Fault(field, "is missing; it is needed");
}
