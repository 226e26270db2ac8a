using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Clip;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>
/// Tests weights that match their configuration in part: one message names every tensor that is missing, has another shape or is unused.
/// </summary>
public class HalfMatchingWeightsTests
{
    private const string Stray = "stray.weight";

    [Theory]
    [InlineData("bert")]
    [InlineData("bert-mlm")]
    [InlineData("bert-pytorch-zip")]
    [InlineData("bert-seqcls")]
    [InlineData("bert-sharded")]
    [InlineData("bert-tokcls")]
    [InlineData("gemma3")]
    [InlineData("nomic-bert")]
    [InlineData("qwen3")]
    public void Every_missing_and_every_unexpected_name_is_in_the_message(string fixture) => Check(Fixtures.Own("models/" + fixture));

    [Theory]
    [InlineData("albert-groups")]
    [InlineData("deberta")]
    [InlineData("deberta-v2-conv")]
    [InlineData("deberta-v2-seqcls")]
    [InlineData("distilbert-mlm")]
    [InlineData("distilbert-seqcls")]
    [InlineData("electra-seqcls")]
    [InlineData("gemma")]
    [InlineData("gpt2-lm")]
    [InlineData("llama")]
    [InlineData("modernbert-mlm")]
    [InlineData("modernbert-seqcls")]
    [InlineData("mpnet")]
    [InlineData("roberta-mlm")]
    [InlineData("roberta-seqcls")]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    [InlineData("xlm-roberta-seqcls")]
    public void Every_missing_and_every_unexpected_name_of_any_architecture_and_head_is_in_the_message(string fixture) => Check(Fixtures.Own("models/" + fixture));

    [Fact]
    public void Both_towers_of_CLIP_are_in_one_message()
    {
        var source = Fixtures.Own("models/clip");
        using var folder = new ModelFolder(source);
        string[] missing = ["text_model.final_layer_norm.bias", "vision_model.post_layernorm.weight", "visual_projection.weight"];
        Write(folder, Checkpoint.Open(source), missing);
        var message = Should.Throw<ModelFormatException>(() => ClipModel.Load(folder.Path)).Message;
        missing.ShouldAllBe(name => message.Contains($"'{name}' is missing"));
        message.ShouldContain($"Unused: '{Stray}'");
    }

    [Theory]
    [InlineData("bert", "encoder.layer.1.output.dense.weight", "[32, 72]")]
    [InlineData("bert-mlm", "cls.predictions.transform.dense.weight", "[32, 32]")]
    [InlineData("bert-mlm", "bert.embeddings.word_embeddings.weight", "[220, 32]")]
    [InlineData("bert-seqcls", "classifier.weight", "[3, 32]")]
    [InlineData("qwen3", "layers.0.self_attn.k_proj.weight", "[24, 32]")]
    public void A_tensor_of_another_shape_is_named_with_both_shapes_and_the_file_and_nothing_else_is(string fixture, string name, string wanted)
    {
        using var folder = new ModelFolder("models/" + fixture);
        var source = Checkpoint.Open(Fixtures.Own("models/" + fixture));
        Write(folder, source, [name], Tensor.Zeros(2, 5));
        var message = Should.Throw<ModelFormatException>(() => TaskModel.Load(folder.Path)).Message;
        message.ShouldStartWith(Path.Combine(folder.Path, "model.safetensors"));
        message.ShouldContain($": '{name}' is [2, 5], but the configuration wants {wanted}.");
    }

    [Fact]
    public void The_body_and_the_head_are_in_one_message()
    {
        using var folder = new ModelFolder("models/bert-seqcls");
        string[] missing = ["bert.encoder.layer.0.output.dense.bias", "classifier.bias"];
        Write(folder, Checkpoint.Open(Fixtures.Own("models/bert-seqcls")), missing);
        Should.Throw<ModelFormatException>(() => TaskModel.Load(folder.Path)).Message.ShouldContain(
            $"'encoder.layer.0.output.dense.bias' is missing; 'classifier.bias' is missing. Unused: '{Stray}'.");
    }

    [Fact]
    public void What_an_index_of_shards_leaves_out_is_missing_and_the_index_is_named()
    {
        using var folder = new ModelFolder("models/bert-sharded");
        var index = Path.Combine(folder.Path, "model.safetensors.index.json");
        var json = JsonNode.Parse(File.ReadAllText(index))!;
        var names = json["weight_map"]!.AsObject().Select(entry => entry.Key).ToArray();
        string[] missing = [names[1], names[^2]];
        foreach (var name in missing)
        {
            json["weight_map"]!.AsObject().Remove(name);
        }

        File.WriteAllText(index, json.ToJsonString());
        var message = Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path)).Message;
        message.ShouldStartWith(index);
        missing.ShouldAllBe(name => message.Contains($"'{name}' is missing"));
        message.ShouldNotContain("Unused");
    }

    private static void Check(string source)
    {
        using var folder = new ModelFolder(source);
        var original = Checkpoint.Open(source);
        var model = TaskModel.Load(source);
        Func<string, string> shortened = name => name.StartsWith(model.Body.Architecture.Prefix, StringComparison.Ordinal) ? name[model.Body.Architecture.Prefix.Length..] : name;

        // The weights of a pooler may be absent; all others may not.
        var needed = model.Parameters().Select(parameter => shortened(parameter.Name)).Where(name => !name.Contains("pooler", StringComparison.Ordinal)).ToHashSet();
        var stored = original.Tensors.Select(tensor => tensor.Name).Where(name => needed.Contains(shortened(name))).ToArray();
        stored.Length.ShouldBeGreaterThanOrEqualTo(20);
        var missing = stored.Where((_, i) => i % 3 == 1).ToArray();
        Write(folder, original, missing);

        var message = Should.Throw<ModelFormatException>(() => TaskModel.Load(folder.Path)).Message;
        message.ShouldStartWith(Path.Combine(folder.Path, "model.safetensors"));
        missing.ShouldAllBe(name => message.Contains($"'{shortened(name)}' is missing"));
        var unexpected = message[message.IndexOf("Unused", StringComparison.Ordinal)..];
        unexpected.ShouldContain($"'{Stray}'");
        stored.ShouldAllBe(name => !unexpected.Contains($"'{name}'"));
    }

    // The weights without some of them, or with others in their place, and one unused tensor.
    private static void Write(ModelFolder folder, Checkpoint source, string[] names, Tensor? instead = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in source.Tensors.Select(tensor => tensor.Name).Where(name => instead is not null || !names.Contains(name)))
        {
            writer.Add(name, names.Contains(name) ? instead! : source.Read(name));
        }

        if (instead is null)
        {
            writer.Add(Stray, Tensor.Zeros(1));
        }

        foreach (var file in Directory.EnumerateFiles(folder.Path, "*.bin").Concat(Directory.EnumerateFiles(folder.Path, "model*")))
        {
            File.Delete(file);
        }

        writer.Save(Path.Combine(folder.Path, "model.safetensors"));
    }
}
