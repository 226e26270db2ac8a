using Microsoft.Extensions.AI;
using Semblance.Tokenizers;
using Semblance.Transformers.Images;

namespace Semblance.Extensions.AI.Tests.Embeddings;

public sealed class ImageEmbeddingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");
    private readonly SentenceTransformer _clip;

    public ImageEmbeddingTests()
    {
        var clip = _folder.CreateSubdirectory("0_CLIPModel").FullName;
        File.Copy(Fixtures.Own("models/clip/config.json"), Path.Combine(clip, "config.json"));
        File.Copy(Fixtures.Own("models/clip/model.safetensors"), Path.Combine(clip, "model.safetensors"));
        File.Copy(Fixtures.Own("images/processor-32/preprocessor_config.json"), Path.Combine(clip, "preprocessor_config.json"));
        Tokenizer.CreateBert(["[UNK]", "[CLS]", "[SEP]", "a", "man", "horse", "rides"]).SaveJson(clip);
        File.WriteAllText(
            Path.Combine(_folder.FullName, "modules.json"),
            """[{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]""");
        _clip = SentenceTransformer.Load(_folder.FullName);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Images_have_the_bits_of_the_encoder()
    {
        string[] files = [.. Enumerable.Range(0, 3).Select(i => Fixtures.Own($"images/{i}.png"))];
        var contents = files.Select(file => new DataContent(File.ReadAllBytes(file), "image/png")).ToList();
        var expected = _clip.EncodeImages([.. files.Select(ImageReader.Default.Read)]);
        var generated = await _clip.AsImageEmbeddingGenerator("clip").GenerateAsync(contents);
        generated.Select(embedding => embedding.Vector.ToArray()).ShouldBe(expected.ToJaggedArray());
        generated.Usage!.InputTokenCount.ShouldBe(0);
        var bits = await _clip.AsImageEmbeddingGenerator<BinaryEmbedding>("clip").GenerateAsync(contents);
        bits[0].Dimensions.ShouldBe(_clip.Dimension);

        // Texts are in the same space.
        (await _clip.AsEmbeddingGenerator("clip").GenerateAsync(["a man rides"]))[0].Vector.ToArray().ShouldBe(_clip.Encode("a man rides"));
    }

    [Fact]
    public async Task A_damaged_image_is_an_error_with_its_name()
    {
        var content = new DataContent(new byte[] { 1, 2, 3 }, "image/png") { Name = "photo.png" };
        (await Should.ThrowAsync<ImageFormatException>(() => _clip.AsImageEmbeddingGenerator().GenerateAsync([content])))
            .Message.ShouldContain("photo.png");
    }
}
