using System.Reflection;
using Semblance.Files.Json;
using Semblance.Transformers.Images;

namespace Semblance.Transformers.Tests.Images;

/// <summary>Tests the list of keys of <c>preprocessor_config.json</c>.</summary>
public class ImageProcessorKeysTests
{
    private static readonly KnownKeys Keys = (KnownKeys)typeof(ImageProcessor).GetField("Keys", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;

    [Fact]
    public void Every_key_that_is_supported_is_read_and_every_key_that_is_not_supported_is_refused()
    {
        foreach (var key in Keys.Names)
        {
            var type = key == "image_processor_type" ? "" : "\"image_processor_type\": \"CLIPImageProcessor\", ";
            switch (Keys.UseOf(key))
            {
                case KeyUse.Supported when key != "feature_extractor_type": // the older name, read if the newer is absent
                    Should.Throw<ModelFormatException>(() => Load($$"""{{{type}}"{{key}}": [[{}]]}"""), key).Message.ShouldContain($"'{key}'");
                    break;
                case KeyUse.Unsupported:
                    Should.Throw<ModelFormatException>(() => Load($$"""{{{type}}"{{key}}": true}"""), key).Message.ShouldContain($"'{key}' is true, which is not supported");
                    break;
                default:
                    break;
            }
        }

        Should.Throw<ModelFormatException>(() => Load("""{"feature_extractor_type": 3}""")).Message.ShouldContain("'feature_extractor_type'");
    }

    [Fact]
    public void A_key_that_nobody_knows_is_named_in_a_warning()
    {
        Load("""{"image_processor_type": "CLIPImageProcessor", "do_convert_rgb": true, "crop_size": {"height": 8, "width": 8}}""").ShouldBeEmpty();
        Load("""{"image_processor_type": "CLIPImageProcessor", "image_means": [0, 0, 0]}""").ShouldHaveSingleItem().ShouldContain("'image_means' is not a known key");
    }

    [Theory]
    [InlineData("\"rescale_factor\": -1")]
    [InlineData("\"image_std\": [0.5, 0, 0.5]")]
    [InlineData("\"image_std\": [0.5, -1, 0.5]")]
    [InlineData("\"image_mean\": [0.5, 1e999, 0.5]")]
    public void Numbers_that_no_processor_can_have_are_refused(string setting) =>
        Should.Throw<ModelFormatException>(() => Load($$"""{"image_processor_type": "CLIPImageProcessor", {{setting}}}"""));

    private static IReadOnlyList<string> Load(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            return ImageProcessor.Load(path).Warnings;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
