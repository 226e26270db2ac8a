namespace Semblance.Checkpoints.Tests;

public class CheckpointTests
{
    private static Checkpoint Bert => Checkpoint.Open(Fixtures.Own("models/bert"));

    [Theory]
    [InlineData("bert-sharded", "", 0)]
    [InlineData("bert-pytorch-zip", "", 0)]
    [InlineData("bert-pytorch-legacy", "bert.", 0)]
    [InlineData("bert-fp16", "", 1f / 2048)]
    [InlineData("bert-bf16", "", 1f / 256)]
    public void Every_format_holds_the_same_weights(string model, string prefix, float precision)
    {
        var other = Checkpoint.Open(Fixtures.Own($"models/{model}"));
        foreach (var info in Bert.Tensors)
        {
            var expected = Bert.Read(info.Name);
            var actual = other.Read(OldName(prefix, info.Name));
            actual.Shape.ToArray().ShouldBe(expected.Shape.ToArray());
            var (left, right) = (expected.Values.ToArray(), actual.Values.ToArray());
            for (var i = 0; i < left.Length; i++)
            {
                MathF.Abs(left[i] - right[i]).ShouldBeLessThanOrEqualTo((precision * MathF.Abs(left[i])) + (precision * 1e-4f));
            }

            GC.KeepAlive(expected);
            GC.KeepAlive(actual);
        }

        string OldName(string prefix, string name)
        {
            var old = name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta");
            return other.Contains(name) ? name : other.Contains(prefix + name) ? prefix + name : prefix + old;
        }
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Should.Throw<DirectoryNotFoundException>(() => Checkpoint.Open("no/such/model")).Message.ShouldContain("no/such/model");

    [Fact]
    public void A_folder_without_weights_says_what_was_looked_for()
    {
        using var folder = new TemporaryFolder();
        var error = Should.Throw<FileNotFoundException>(() => Checkpoint.Open(folder.Path));
        error.Message.ShouldContain(folder.Path);
        error.Message.ShouldContain("model.safetensors");
        error.Message.ShouldContain("pytorch_model.bin");
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_file()
    {
        var error = Should.Throw<CheckpointFormatException>(() => Bert.Read("pooler.wrong"));
        error.Message.ShouldContain("pooler.wrong");
        error.Path.ShouldEndWith("model.safetensors");
    }

    [Fact]
    public void A_placeholder_of_git_lfs_is_recognized()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"u8.ToArray());
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.ShouldContain("git lfs pull");
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/model.safetensors")]
    [InlineData("..\\\\model.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("config.txt")]
    public void A_shard_outside_the_folder_is_refused(string shard)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.txt", [1]);
        folder.Write("model.safetensors.index.json", System.Text.Encoding.UTF8.GetBytes($$$"""{"weight_map":{"a":"{{{shard}}}"}}"""));
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"weight_map":[]}""")]
    [InlineData("""{"weight_map":{"a":1}}""")]
    [InlineData("""{"weight_map":{"a":"x.bin","a":"x.bin"}}""")]
    [InlineData("""{"weight_map":{"a":"\ud800"}}""")]
    public void A_bad_index_is_refused(string json)
    {
        using var folder = new TemporaryFolder();
        folder.Write("model.safetensors.index.json", System.Text.Encoding.UTF8.GetBytes(json));
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path));
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model.safetensors.index.json", """{"weight_map":{"a":"model-1.safetensors"}}"""u8.ToArray());
        Should.Throw<FileNotFoundException>(() => Checkpoint.Open(folder.Path)).Message.ShouldContain("model-1.safetensors");
    }

    [Fact]
    public void A_tensor_that_its_shard_lacks_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.safetensors", File.ReadAllBytes(Fixtures.Own("models/bert/model.safetensors")));
        folder.Write("model.safetensors.index.json", """{"weight_map":{"absent":"a.safetensors"}}"""u8.ToArray());
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.ShouldContain("absent");
    }
}
