using Semblance.Checkpoints;
using Semblance.Transformers.Images;

namespace Semblance.Transformers.Tests.Images;

public class ImageProcessorTests
{
    private static RgbImage[] Recorded => [.. Enumerable.Range(0, 5).Select(i => ImageReader.Default.Read(Fixtures.Own($"images/{i}.png")))];

    [Theory]
    [InlineData("processor-32", "pixel_values.32")]
    [InlineData("processor-48", "pixel_values.48")]
    [InlineData("vit-processor-24", "vit_pixel_values.24")]
    public void Pixels_equal_the_original(string folder, string name)
    {
        var expected = SafetensorsFile.Open(Fixtures.Own("images/expected.safetensors")).Read(name);
        var actual = ImageProcessor.Load(Fixtures.Own("images/" + folder)).Process(Recorded);
        actual.Shape.ToArray().ShouldBe(expected.Shape.ToArray());
        expected.Values.ToArray().Zip(actual.Values.ToArray(), (e, a) => Math.Abs(e - a)).Max().ShouldBeLessThanOrEqualTo(1e-5f);
    }

    [Theory]
    [InlineData(Resampling.Bicubic, "pillow_bicubic_24x18")]
    [InlineData(Resampling.Bilinear, "pillow_bilinear_24x18")]
    public void Resized_bytes_equal_the_original(Resampling resampling, string name)
    {
        var file = SafetensorsFile.Open(Fixtures.Own("images/expected.safetensors"));
        foreach (var (image, i) in Recorded.Select((image, i) => (image, i)))
        {
            ImageResize.Resize(image, 24, 18, resampling).Pixels.ToArray().Select(value => (long)value).ShouldBe(file.ReadInt64($"{name}.{i}"));
        }
    }

    [Fact]
    public void An_image_smaller_than_the_crop_lies_in_the_middle_of_black()
    {
        using var folder = new ModelFolder("models/bert");
        folder.Write("preprocessor_config.json", """{"image_processor_type": "CLIPImageProcessor", "do_resize": false, "do_normalize": false, "do_rescale": false, "crop_size": 4}""");
        var pixels = ImageProcessor.Load(folder.Path).Process(new RgbImage(1, 2, [1, 2, 3, 4, 5, 6]));
        pixels.Shape.ToArray().ShouldBe([1, 3, 4, 4]);
        pixels.Values[..16].ToArray().ShouldBe([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
    }

    [Theory]
    [InlineData("""{"image_processor_type": "SiglipImageProcessor"}""", "SiglipImageProcessor")]
    [InlineData("""{"image_processor_type": "ViTImageProcessor", "resample": 1}""", "'resample' is 1")]
    [InlineData("""{"image_processor_type": "ViTImageProcessor", "image_mean": [0.5]}""", "image_mean")]
    [InlineData("""{"image_processor_type": "ViTImageProcessor", "image_std": [0.5, 0, 0.5]}""", "image_std")]
    [InlineData("""{"image_processor_type": "ViTImageProcessor", "size": {"width": 3}}""", "height")]
    public void A_processor_that_is_not_supported_is_named(string config, string named)
    {
        using var folder = new ModelFolder("models/bert");
        folder.Write("preprocessor_config.json", config);
        Should.Throw<ModelFormatException>(() => ImageProcessor.Load(folder.Path)).Message.ShouldContain(named);
    }

    [Fact]
    public void What_would_come_out_too_large_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("semblance-").FullName;
        try
        {
            var path = System.IO.Path.Combine(folder, "preprocessor_config.json");
            ImageProcessor Processor(string settings)
            {
                File.WriteAllText(path, $$"""{"image_processor_type": "ViTImageProcessor", {{settings}}}""");
                return ImageProcessor.Load(folder);
            }

            Should.Throw<ModelFormatException>(() => Processor("\"size\": 200000")).Message.ShouldContain("'size' is 200000 × 200000 pixels; expected at most 16,777,216 in all");
            Should.Throw<ModelFormatException>(() => Processor("\"image_mean\": [1e999, 0, 0]")).Message.ShouldContain("'image_mean'");
            var tall = new RgbImage(1, 60_000, new byte[180_000]);
            Should.Throw<ArgumentException>(() => Processor("\"size\": 4000").Process(tall)).Message.ShouldContain("1 × 60000 pixels would become one of 4000 × 4000");
            Should.Throw<ArgumentException>(() => Processor("\"size\": {\"shortest_edge\": 4000}").Process(tall)).Message.ShouldContain("Crop it first");
            Should.Throw<ArgumentException>(() => Processor("\"do_resize\": false").Process(new RgbImage(5000, 4000, new byte[60_000_000]))).Message.ShouldContain("at most 16,777,216 are supported");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
