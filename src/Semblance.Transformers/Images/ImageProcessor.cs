using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Images;

/// <summary>
/// Prepares images for a vision model according to a <c>preprocessor_config.json</c>: resizes, crops around the center, rescales and
/// normalizes. It supports those of transformers' <c>CLIPImageProcessor</c> and <c>ViTImageProcessor</c>. Immutable and thread-safe.
/// </summary>
public sealed class ImageProcessor
{
    private const int MostPixels = 1 << 24; // of a model's input

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "crop_size", "do_center_crop", "do_normalize", "do_rescale", "do_resize", "feature_extractor_type", "image_mean",
            "image_processor_type", "image_std", "resample", "rescale_factor", "size")
        .Ignored(
            "_processor_class", "_valid_processor_keys", "auto_map", "data_format", "default_to_square", "device", "disable_grouping",
            "do_convert_rgb", "input_data_format", "processor_class",
            "return_tensors", "size_divisor") // images are RGB, and the class determines how they are resized
        .Unsupported("do_pad", "images without borders", "false")
        .Unsupported("do_reduce_labels", "images without label maps", "false");

    private readonly ConfigurationFile _source;
    private readonly bool _resizes;
    private readonly int? _shortestEdge;
    private readonly (int Width, int Height) _size;
    private readonly (int Width, int Height)? _crop;
    private readonly Resampling _resampling;
    private readonly float _scale;
    private readonly float[] _mean;
    private readonly float[] _deviation;

    private ImageProcessor(ConfigurationFile file)
    {
        _source = file.Check(Keys);
        var type = file.Text("image_processor_type") ?? file.Text("feature_extractor_type");
        var isClip = type is "CLIPImageProcessor" or "CLIPImageProcessorFast" or "CLIPFeatureExtractor";
        if (!isClip && type is not ("ViTImageProcessor" or "ViTImageProcessorFast" or "ViTFeatureExtractor"))
        {
            throw file.Fault(
                "image_processor_type",
                $"is {(type is null ? "missing" : $"'{type}'")}; CLIPImageProcessor and ViTImageProcessor are supported");
        }

        _resizes = file.Flag("do_resize", true);
        _shortestEdge = file.Find("size") is { ValueKind: JsonValueKind.Object }
            ? file.Section("size")!.Find("shortest_edge") is null ? null : file.Section("size")!.Width("shortest_edge")
            : isClip ? file.Width("size", 224) : null;
        _size = _shortestEdge is { } edge ? (edge, edge) : Size(file, "size");
        _crop = isClip && file.Flag("do_center_crop", true) ? Size(file, "crop_size") : null;
        var resample = (Resampling)file.WholeNumber("resample", 0, 5, (int)(isClip ? Resampling.Bicubic : Resampling.Bilinear));
        _resampling = resample is Resampling.Bilinear or Resampling.Bicubic
            ? resample
            : throw file.Fault("resample", $"is {(int)resample}; 2 (bilinear) and 3 (bicubic) are supported");
        _scale = file.Flag("do_rescale", true) ? file.Positive("rescale_factor", 1f / byte.MaxValue) : 1;
        var normalizes = file.Flag("do_normalize", true);
        _mean = normalizes ? Colors(file, "image_mean", isClip ? [0.48145466f, 0.4578275f, 0.40821073f] : [0.5f, 0.5f, 0.5f]) : [0, 0, 0];
        _deviation = normalizes
            ? Colors(file, "image_std", isClip ? [0.26862954f, 0.26130258f, 0.27577711f] : [0.5f, 0.5f, 0.5f])
            : [1, 1, 1];
        foreach (var (field, (width, height)) in ((string, (int, int))[])[("size", _size), ("crop_size", _crop ?? (1, 1))])
        {
            if ((long)width * height > MostPixels)
            {
                throw file.Fault(field, $"is {width} × {height} pixels; expected at most {MostPixels:N0} in all");
            }
        }

        if (_deviation.Any(deviation => !(deviation > 0 && float.IsFinite(1 / deviation))))
        {
            throw file.Fault("image_std", $"has {string.Join(", ", _deviation)}; expected numbers above 0");
        }
    }

    /// <summary>Gets one sentence for each setting of the file that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings => _source.Warnings;

    /// <summary>Loads the image processor of a model's folder, or of a file.</summary>
    /// <param name="path">A folder with <c>preprocessor_config.json</c>, or such a file.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file does not describe a supported processor.</exception>
    public static ImageProcessor Load(string path) =>
        new(ConfigurationFile.Read(Directory.Exists(path) ? Path.Combine(path, "preprocessor_config.json") : path));

    /// <summary>Writes <c>preprocessor_config.json</c> as it was read.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string folder)
    {
        using var file = new AtomicFile(Path.Combine(folder, "preprocessor_config.json"));
        using (var json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            _source.Root.WriteTo(json);
        }

        file.Commit();
    }

    /// <summary>Prepares images for the model.</summary>
    /// <param name="images">The images, at least one.</param>
    /// <returns><c>[images × 3 × height × width]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// There is no image, the prepared images differ in size (as they can without cropping), or one is too large.
    /// </exception>
    public Tensor Process(params IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            throw new ArgumentException("At least one image is needed.", nameof(images));
        }

        var resized = images.Select(Resize).ToArray();
        var (width, height) = _crop ?? (resized[0].Width, resized[0].Height);
        if (_crop is null && resized.FirstOrDefault(image => image.Width != width || image.Height != height) is { } other)
        {
            throw new ArgumentException(
                $"The prepared images have {width} × {height} and {other.Width} × {other.Height} pixels; process them one by one.",
                nameof(images));
        }

        if ((long)width * height > MostPixels)
        {
            throw new ArgumentException(
                $"A prepared image has {width} × {height} pixels; at most {MostPixels:N0} are supported. Crop it first.", nameof(images));
        }

        var pixels = Tensor.Zeros(images.Count, RgbImage.Channels, height, width);
        var size = RgbImage.Channels * height * width;
        for (var i = 0; i < resized.Length; i++)
        {
            Normalize(resized[i], width, height, pixels.Writable.Slice(i * size, size));
        }

        return pixels;
    }

    private RgbImage Resize(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (width, height) = _size;
        if (_shortestEdge is { } edge)
        {
            // The longer edge is rounded down, as in the original.
            (width, height) = image.Width <= image.Height
                ? (edge, (int)Math.Min((long)edge * image.Height / image.Width, int.MaxValue))
                : ((int)Math.Min((long)edge * image.Width / image.Height, int.MaxValue), edge);
        }

        return _resizes ? ImageResize.Resize(image, width, height, _resampling) : image;
    }

    // Pixels of a crop outside the image are black.
    private void Normalize(RgbImage image, int width, int height, Span<float> pixels)
    {
        int left = FloorHalf(image.Width - width), top = FloorHalf(image.Height - height), i = 0;
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            for (var y = top; y < top + height; y++)
            {
                for (var x = left; x < left + width; x++)
                {
                    var inside = y >= 0 && y < image.Height && x >= 0 && x < image.Width;
                    var value = inside ? image.Pixels[(((y * image.Width) + x) * RgbImage.Channels) + channel] : 0;
                    pixels[i++] = ((value * _scale) - _mean[channel]) / _deviation[channel];
                }
            }
        }
    }

    private static int FloorHalf(int x) => x >> 1;

    private static (int Width, int Height) Size(ConfigurationFile file, string field)
    {
        if (file.Find(field) is { ValueKind: JsonValueKind.Object })
        {
            var section = file.Section(field)!;
            return (section.Width("width"), section.Width("height"));
        }

        var edge = file.Width(field, 224);
        return (edge, edge);
    }

    private static float[] Colors(ConfigurationFile file, string field, float[] fallback)
    {
        if (file.Find(field) is not { } list)
        {
            return fallback;
        }

        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == RgbImage.Channels
            && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && float.IsFinite((float)item.GetDouble()))
            ? [.. list.EnumerateArray().Select(item => (float)item.GetDouble())]
            : throw file.Fault(field, $"is {list.GetRawText()}; expected a number for red, green and blue");
    }
}
