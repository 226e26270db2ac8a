using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Clip;

/// <summary>
/// Represents CLIP's image tower (Radford et al. 2021, arXiv:2103.00020): a vision transformer (Dosovitskiy et al. 2020, arXiv:2010.11929)
/// over square patches. Parameter names are those of transformers' <c>CLIPVisionModel</c>.
/// </summary>
public sealed class ClipVisionModel
{
    private const int Channels = 3;

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "attention_dropout", "hidden_act", "hidden_size", "image_size", "intermediate_size", "layer_norm_eps", "num_attention_heads",
            "num_channels", "num_hidden_layers", "patch_size")
        .Ignored("dropout", "projection_dim") // the original does not use the dropout, and the projection belongs to the whole model
        .With(CommonKeys.All);

    private readonly Tensor _class; // [hidden]
    private readonly Linear _patches;
    private readonly Tensor _positions; // [patches + 1 × hidden]
    private readonly LayerNorm _firstNorm;
    private readonly ClipLayer[] _layers;
    private readonly LayerNorm _lastNorm;
    private readonly int _patchSize;

    internal ClipVisionModel(ConfigurationFile config, ModelParameters own)
    {
        config.Check(Keys);
        HiddenSize = config.Width("hidden_size", 768);
        ImageSize = config.Width("image_size", 224);
        _patchSize = config.Width("patch_size", 32);
        if (ImageSize % _patchSize != 0)
        {
            throw config.Fault("patch_size", $"is {_patchSize}, which does not divide 'image_size' {ImageSize}");
        }

        if (config.WholeNumber("num_channels", 1, 1 << 16, Channels) != Channels)
        {
            throw config.Fault("num_channels", "is not 3; only red, green and blue are supported");
        }

        const string Name = "vision_model";
        var epsilon = config.Epsilon("layer_norm_eps", 1e-5f);
        _class = own.Tensor(Name + ".embeddings.class_embedding", HiddenSize);
        _patches = own.Convolution(Name + ".embeddings.patch_embedding", HiddenSize, bias: false, Channels, _patchSize, _patchSize);
        _positions = own.Tensor(Name + ".embeddings.position_embedding.weight", PatchCount + 1, HiddenSize);
        _firstNorm = own.LayerNorm(Name + ".pre_layrnorm", HiddenSize, epsilon); // the original's spelling
        _layers = ClipLayer.Stack(config, own, Name, HiddenSize, 12, causal: false);
        _lastNorm = own.LayerNorm(Name + ".post_layernorm", HiddenSize, epsilon);
    }

    /// <summary>Gets the width of a hidden state.</summary>
    public int HiddenSize { get; }

    /// <summary>Gets the width and height of an image, in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Gets the number of patches of an image.</summary>
    public int PatchCount => ImageSize / _patchSize * (ImageSize / _patchSize);

    /// <summary>Computes the last hidden states of images.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="pixels"><c>[images × 3 × size × size]</c>, normalized by the model's image processor.</param>
    /// <returns><c>[images · (1 + patches) × hidden]</c>: for each image the class token, then its patches row by row.</returns>
    /// <exception cref="ArgumentException">The images have another size than the model expects.</exception>
    public Tensor Forward(Computation run, Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Shape.Length != 4 || !pixels.Shape[1..].SequenceEqual([Channels, ImageSize, ImageSize]) || pixels.Length == 0)
        {
            throw new ArgumentException($"Images must be [images × {Channels} × {ImageSize} × {ImageSize}], not {pixels}.", nameof(pixels));
        }

        int images = pixels.Shape[0], tokens = PatchCount + 1;
        using var patches = run.Gather(pixels, PatchIndices(images), images * PatchCount, _patches.Inputs);
        using var projected = run.Linear(patches, _patches); // [images · patches × hidden]
        using var all = run.ConcatenateRows(_class, projected);
        using var ordered = run.Rows(
            all, [.. Enumerable.Range(0, images * tokens).Select(i => i % tokens == 0 ? 0 : (i / tokens * PatchCount) + (i % tokens))]);
        using var positions = run.Rows(_positions, [.. Enumerable.Range(0, images * tokens).Select(i => i % tokens)]);
        using var embedded = run.Add(ordered, positions);
        var context = new AttentionContext(PackedBatch.From([.. Enumerable.Repeat(new int[tokens], images)]));
        var hidden = run.LayerNorm(embedded, _firstNorm); // [images · tokens × hidden]
        foreach (var layer in _layers)
        {
            using var before = hidden;
            hidden = run.Recompute(before, x => layer.Forward(run, x, context));
        }

        return hidden;
    }

    /// <summary>Applies the last norm to the class tokens.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[images · (1 + patches) × hidden]</c>, from <see cref="Forward"/>.</param>
    /// <returns><c>[images × hidden]</c>.</returns>
    public Tensor Pool(Computation run, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(hidden);
        using var first = run.Rows(hidden, [.. Enumerable.Range(0, hidden.Rows / (PatchCount + 1)).Select(i => i * (PatchCount + 1))]);
        return run.LayerNorm(first, _lastNorm);
    }

    // A row for each patch: its pixels channel by channel, in the order of the original's convolution kernel.
    private int[] PatchIndices(int images)
    {
        var across = ImageSize / _patchSize;
        var places = new int[images * Channels * ImageSize * ImageSize];
        var i = 0;
        for (var patch = 0; patch < images * PatchCount; patch++)
        {
            int image = patch / PatchCount, top = patch % PatchCount / across * _patchSize, left = patch % across * _patchSize;
            for (var channel = 0; channel < Channels; channel++)
            {
                for (var row = 0; row < _patchSize; row++)
                {
                    var first = (((((image * Channels) + channel) * ImageSize) + top + row) * ImageSize) + left;
                    for (var column = 0; column < _patchSize; column++)
                    {
                        places[i++] = first + column;
                    }
                }
            }
        }

        return places;
    }
}
