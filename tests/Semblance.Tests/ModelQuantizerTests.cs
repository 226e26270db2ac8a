using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests;

public class ModelQuantizerTests
{
    public static TheoryData<string> Architectures =>
        [.. FixtureFolders.Of("models").Where(name => !name.StartsWith("clip", StringComparison.Ordinal) && File.Exists(Fixtures.Own($"models/{name}/config.json")))];

    // Fixtures are small and random, so their outputs show every error.
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_architecture_has_nearly_its_outputs_from_weights_of_every_type(string name)
    {
        using var folder = new TemporaryFolder();
        var source = Fixtures.Own("models/" + name);
        var before = Hidden(Transformer.Load(source));
        foreach (var (type, cosine) in new[] { (DType.I8, 0.999), (DType.F16, 0.99999), (DType.BF16, 0.999), (DType.F32, 0.99999) })
        {
            var output = folder.Of(type.ToString());
            ModelQuantizer.Quantize(source, output, type);
            var after = Hidden(Transformer.Load(output));
            Similarity.Of(before, after).ShouldBeGreaterThan((float)cosine, $"{name} {type}");
            Hidden(Transformer.Load(output, trainable: true)).ShouldBe(after);
            Checkpoint.Open(output).Tensors.Select(info => info.DType).ShouldContain(type);
        }

        // From int8, float32 restores exactly the weights that int8 stands for.
        ModelQuantizer.Quantize(folder.Of("I8"), folder.Of("restored"), DType.F32);
        Hidden(Transformer.Load(folder.Of("restored"))).ShouldBe(Hidden(Transformer.Load(folder.Of("I8"))));
        File.ReadAllText(Path.Combine(folder.Of("restored"), "config.json")).ShouldNotContain("quantization_config");
        ModelQuantizer.Quantize(folder.Of("I8"), folder.Of("again"), DType.I8);
        File.ReadAllBytes(Path.Combine(folder.Of("again"), "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(folder.Of("I8"), "model.safetensors")));
    }

    [Fact]
    public void Weights_that_are_stored_transposed_have_a_scale_for_each_output_too()
    {
        using var folder = new TemporaryFolder();
        ModelQuantizer.Quantize(Fixtures.Own("models/gpt2"), folder.Of("a"), DType.I8);
        var (before, after) = (Checkpoint.Open(Fixtures.Own("models/gpt2")), Checkpoint.Open(folder.Of("a")));
        foreach (var (part, channels) in new[] { ("h.0.attn.c_attn.weight", 1), ("h.1.mlp.c_proj.weight", 1), ("wte.weight", 0) })
        {
            var name = after.Tensors.Single(info => info.Name.EndsWith(part, StringComparison.Ordinal)).Name;
            after.Read(name).Values.ToArray().ShouldBe(Int8Weights.Quantize(before.Read(name), channels).Restore().Values.ToArray());
        }

        GC.KeepAlive((before, after));
    }

    [Fact]
    public void Norms_biases_and_layers_of_few_outputs_stay_float32()
    {
        using var folder = new TemporaryFolder();
        ModelQuantizer.Quantize(Fixtures.Own("models/bert-seqcls"), folder.Of("a"), DType.I8);
        foreach (var info in Checkpoint.Open(folder.Of("a")).Tensors.Where(info => info.DType != DType.I64))
        {
            var isQuantized = info.Shape.Count > 1 && info.Shape[0] >= 16;
            info.DType.ShouldBe(isQuantized ? DType.I8 : DType.F32, info.ToString());
        }

        ModelQuantizer.Quantize(Fixtures.Own("models/t5"), folder.Of("t5"), DType.I8);
        Stored(folder.Of("t5"), "relative_attention_bias").ShouldAllBe(info => info.DType == DType.F32);
    }

    [Theory]
    [InlineData("st/mean-normalize")]
    [InlineData("st/cls-dense")]
    [InlineData("st/multi-pool-layernorm")]
    public void A_sentence_transformer_is_copied_whole_and_encodes_nearly_the_same(string name)
    {
        using var folder = new TemporaryFolder();
        var source = Fixtures.Own(name);
        var result = ModelQuantizer.Quantize(source, folder.Of("a"), DType.I8);
        (result.Original, result.Weights).ShouldBe((DType.F32, DType.I8));
        result.Bytes.ShouldBeLessThan(result.OriginalBytes);
        string[] texts = ["A man is playing a guitar.", "Two dogs run through snow.", ""];
        var (before, after) = (SentenceTransformer.Load(source), SentenceTransformer.Load(folder.Of("a")));
        after.Warnings.ShouldBe(before.Warnings.Select(warning => warning.Replace(source, folder.Of("a"), StringComparison.Ordinal)));
        var (first, second) = (before.Encode(texts), after.Encode(texts));
        for (var i = 0; i < texts.Length; i++)
        {
            Similarity.Of(first[i], second[i]).ShouldBeGreaterThan(0.999f);
        }

        // Saved again it is a float32 model, and it can be trained.
        after.Save(folder.Of("b"));
        SentenceTransformer.Load(folder.Of("b")).Encode(texts).Vectors.Values.ToArray().ShouldBe(second.Vectors.Values.ToArray());
        File.ReadAllText(Path.Combine(folder.Of("b"), "config.json")).ShouldNotContain("quantization_config");
        SentenceTransformer.LoadTrainable(folder.Of("a")).Parameters().ShouldAllBe(parameter => IsWritable(parameter));
    }

    [Fact]
    public void Cross_encoders_sparse_encoders_and_token_vectors_are_nearly_the_same()
    {
        using var folder = new TemporaryFolder();
        const string Text = "A man is playing a guitar.";
        var cross = Quantized(Fixtures.Own("st/cross-encoder"), folder.Of("cross"));
        Close(CrossEncoder.Load(cross).Predict(Text, "A dog."), CrossEncoder.Load(Fixtures.Own("st/cross-encoder")).Predict(Text, "A dog."));

        var sparse = Quantized(Fixtures.Own("st/splade"), folder.Of("sparse"));
        Close(Sparse(sparse), Sparse(Fixtures.Own("st/splade")));

        MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"))).Save(folder.Of("tokens"));
        var tokens = Quantized(folder.Of("tokens"), folder.Of("tokens8"));
        Close(Tokens(tokens), Tokens(folder.Of("tokens")));

        static float[] Sparse(string model) => SparseEncoder.Load(model).Encode([Text])[0].ToDense();
        static float[] Tokens(string model) => MultiVectorEncoder.Load(model).Encode([Text])[0].Values.ToArray();
        static void Close(float[] after, float[] before) => after.Zip(before, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(0.05f * before.Max(Math.Abs));
    }

    [Fact]
    public void Static_embeddings_in_the_layout_of_Model2Vec_are_refused_as_int8()
    {
        using var folder = new TemporaryFolder();
        StaticEmbeddingModule.Distill((TransformerModule)SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Modules[0]).Save(folder.Of("static"));
        Should.Throw<ModelFormatException>(() => Quantized(folder.Of("static"), folder.Of("int8"))).Message.ShouldContain("use float16 or bfloat16");
        ModelQuantizer.Quantize(folder.Of("static"), folder.Of("half"), DType.F16);
        var (before, after) = (SentenceTransformer.Load(folder.Of("static")).Encode("A man is playing."), SentenceTransformer.Load(folder.Of("half")).Encode("A man is playing."));
        Similarity.Of(before, after).ShouldBeGreaterThan(0.9999f);
    }

    [Fact]
    public void Integers_without_scales_are_no_weights()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Quantized(Fixtures.Own("models/bert"), folder.Of("int8")), "plain");
        var path = folder.Of("plain/model.safetensors");
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(
            System.Text.Encoding.Latin1.GetString(bytes).Replace("\"semblance-int8\"", "\"pt\"            ", StringComparison.Ordinal)));
        Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Of("plain"))).Message.ShouldContain(
            "is of the type I8 without scales, expected weights of F32, F16 or BF16, or I8 in a file of the format 'semblance-int8'");
    }

    [Fact]
    public void The_card_and_the_license_are_copied_and_the_card_says_how_the_weights_are_stored()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        folder.Write("README.md", "# A model\n\nText.\n");
        folder.Write("LICENSE", "A license.");
        folder.Write("notes.txt", "mine");
        using var other = new TemporaryFolder();
        var output = Quantized(folder.Path, other.Of("a"));
        File.ReadAllText(Path.Combine(output, "README.md")).ShouldStartWith("# A model\n\nText.\n\n## Stored weights\n\nThe weights are int8");
        File.Exists(Path.Combine(output, "LICENSE")).ShouldBeTrue();
        File.Exists(Path.Combine(output, "notes.txt")).ShouldBeFalse();
        ModelQuantizer.Quantize(output, other.Of("b"), DType.BF16);
        File.ReadAllText(Path.Combine(other.Of("b"), "README.md")).ShouldBe("# A model\n\nText.\n\n## Stored weights\n\nThe weights are bfloat16, rounded by Semblance.\n");
        ModelQuantizer.Quantize(other.Of("b"), other.Of("c"), DType.F32);
        File.ReadAllText(Path.Combine(other.Of("c"), "README.md")).ShouldBe("# A model\n\nText.\n");
    }

    [Fact]
    public void What_cannot_be_quantized_is_named()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("models/bert"));
        Should.Throw<ArgumentOutOfRangeException>(() => ModelQuantizer.Quantize(folder.Path, folder.Of("out"), DType.U8)).Message.ShouldContain("supported are I8, F16, BF16 and F32");
        Should.Throw<FileNotFoundException>(() => ModelQuantizer.Quantize(Directory.CreateDirectory(folder.Of("empty")).FullName, folder.Of("out"), DType.I8)).Message.ShouldContain("has no weights");
        Should.Throw<DirectoryNotFoundException>(() => ModelQuantizer.Quantize(folder.Of("none"), folder.Of("out"), DType.I8)).Message.ShouldContain("there is no such folder; expected the folder of a model");

        var file = Checkpoint.Open(folder.Path);
        var writer = new SafetensorsWriter();
        foreach (var info in file.Tensors)
        {
            var tensor = Tensor.From(file.Read(info.Name));
            if (info.Name.EndsWith("layer.0.output.dense.weight", StringComparison.Ordinal))
            {
                tensor.Writable[^1] = 1e6f;
            }

            writer.Add(info.Name, tensor);
        }

        writer.Save(folder.Of("model.safetensors"));
        Should.Throw<CheckpointFormatException>(() => ModelQuantizer.Quantize(folder.Path, folder.Of("out"), DType.F16)).Message.ShouldContain("layer.0.output.dense.weight' has the value 1000000, but the maximum of float16 is 65504");
        Directory.Exists(folder.Of("out")).ShouldBeFalse();
    }

    private static bool IsWritable(Parameter parameter) => parameter.Value.Writable.Length > 0;

    private static string Quantized(string source, string output)
    {
        ModelQuantizer.Quantize(source, output, DType.I8);
        return output;
    }

    private static float[] Hidden(Transformer model)
    {
        using var run = new Computation();
        int[][] ids = [[.. Enumerable.Range(3, 9).Select(i => i * 7 % model.VocabularySize)], [.. Enumerable.Range(2, 5).Select(i => i % model.VocabularySize)]];
        return model.Forward(run, PackedBatch.From(ids)).Values.ToArray();
    }

    private static IEnumerable<TensorInfo> Stored(string folder, string part) =>
        Checkpoint.Open(folder).Tensors.Where(info => info.Name.Contains(part, StringComparison.Ordinal));
}
