using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers.Images;

namespace Semblance.Tests.Modules;

public class ClipModuleTests
{
    private static readonly string[] Tokens = ["[UNK]", "[CLS]", "[SEP]", "a", "man", "horse", "rides"];

    [Fact]
    public void CLIPModel_puts_texts_and_images_into_one_space_as_the_original_does()
    {
        using var folder = Folder();
        var model = SentenceTransformer.Load(folder.Path);
        var clip = (ClipModule)model.Modules[0];
        (model.Dimension, model.MaxSequenceLength).ShouldBe((28, 24));
        var expected = SafetensorsFile.Open(Path.Combine(Fixtures.Own("models/clip"), "expected.safetensors"));

        // The recorded token ids and pixels through the module itself.
        var (ids, mask) = (expected.ReadInt64("input_ids"), expected.ReadInt64("attention_mask"));
        var width = expected.Info("input_ids").Shape[1];
        var texts = Enumerable.Range(0, 4).Select(i => Enumerable.Range(i * width, width).Where(place => mask[place] != 0).Select(place => (int)ids[place]).ToArray()).ToArray();
        using var run = new Computation();
        var features = new Features(PackedBatch.From(texts));
        clip.Forward(run, features);
        Compare(expected.Read("text_features"), features.SentenceEmbeddings!);
        features = new Features(new PackedBatch([], [], new int[5], allowEmpty: true)) { Pixels = expected.Read("pixel_values") };
        clip.Forward(run, features);
        Compare(expected.Read("image_features"), features.SentenceEmbeddings!);

        // Images from their files.
        var images = Enumerable.Range(0, 5).Select(i => ImageReader.Default.Read(Fixtures.Own($"images/{i}.png"))).ToArray();
        var pixels = SafetensorsFile.Open(Fixtures.Own("images/expected.safetensors")).Read("pixel_values.32");
        var embeddings = model.EncodeImages(images, new EncodeOptions { BatchTokens = 40 });
        Compare(clip.Model.ImageFeatures(run, pixels), embeddings.Vectors, 1e-4f);
        model.EncodeImages(images[2..3])[0].SequenceEqual(embeddings[2]).ShouldBeTrue();
        var unit = model.EncodeImages(images, new EncodeOptions { Normalize = true });
        Tensor.From(unit[0], 28).Values.ToArray().Sum(value => (double)value * value).ShouldBe(1, 1e-5);
        model.Similarity(model.Encode(["a man rides", "a horse"]), unit).Shape.ToArray().ShouldBe([2, 5]);
    }

    [Fact]
    public void CLIPModel_loads_again_with_the_same_bits()
    {
        using var folder = Folder();
        using var copy = new TemporaryFolder();
        var model = SentenceTransformer.Load(folder.Path);
        model.Save(copy.Path);
        var again = SentenceTransformer.LoadTrainable(copy.Path);
        again.ToString().ShouldBe(model.ToString());
        var image = ImageReader.Default.Read(Fixtures.Own("images/1.png"));
        again.EncodeImages([image])[0].SequenceEqual(model.EncodeImages([image])[0]).ShouldBeTrue();
        again.Encode("a man rides").ShouldBe(model.Encode("a man rides"));
        model.Encode("").Length.ShouldBe(28);
    }

    [Fact]
    public void Models_of_texts_take_no_images() =>
        Should.Throw<NotSupportedException>(() => SentenceTransformer.Load(Fixtures.Own("st/cls-dense")).EncodeImages([])).Message.ShouldContain("CLIP");

    // The layout of clip-ViT-B-32, with a small model and a small vocabulary.
    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("models/clip/config.json"), "0_CLIPModel/config.json");
        folder.Copy(Fixtures.Own("models/clip/model.safetensors"), "0_CLIPModel/model.safetensors");
        folder.Copy(Fixtures.Own("images/processor-32/preprocessor_config.json"), "0_CLIPModel/preprocessor_config.json");
        Tokenizer.CreateBert(Tokens).SaveJson(folder.Of("0_CLIPModel"));
        folder.Write("modules.json", """[{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]""");
        return folder;
    }

    private static void Compare(Tensor expected, Tensor actual, float tolerance = 2e-5f)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            actual.Values[i].ShouldBe(expected.Values[i], tolerance, $"element {i}");
        }
    }
}
