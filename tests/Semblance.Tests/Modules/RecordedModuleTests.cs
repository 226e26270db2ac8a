using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

/// <summary>Modules of token vectors beside what PyTorch makes of the same parameters: values, gradients, files.</summary>
public class RecordedModuleTests
{
    private static readonly int[] Lengths = [4, 1, 6]; // of the recorded texts

    [Theory]
    [InlineData("lstm")]
    [InlineData("lstm-bidirectional-2")]
    public void LSTM_equals_PyTorch(string folder) => Check(folder, LSTMModule.Load(Fixtures.Own($"modules/{folder}"), trainable: true));

    [Fact]
    public void CNN_equals_PyTorch() => Check("cnn", CNNModule.Load(Fixtures.Own("modules/cnn"), trainable: true));

    [Fact]
    public void WeightedLayerPooling_equals_PyTorch()
    {
        var module = WeightedLayerPoolingModule.Load(Fixtures.Own("modules/weighted-layers"), trainable: true);
        Check("weighted-layers", module, Enumerable.Range(0, 5).Select(i => $"x.{i}").ToArray());
        module.NeedsHiddenStates.ShouldBeTrue();
    }

    [Fact]
    public void WeightedLayerPooling_gets_the_layers_of_the_transformer_before_it()
    {
        var plain = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        string[] texts = ["A man is riding a horse.", "food"];
        SentenceTransformer Weighing(params float[] weights) =>
            new([plain.Modules[0], new WeightedLayerPoolingModule(32, 2, 3 - weights.Length, Tensor.From(weights, weights.Length)), .. plain.Modules.Skip(1)]);
        Weighing(0, 0, 2).Encode(texts).Vectors.Values.SequenceEqual(plain.Encode(texts).Vectors.Values).ShouldBeTrue();
        var (both, first, last) = (Weighing(1, 3).EncodeTokens(texts)[0], Weighing(1, 0).EncodeTokens(texts)[0], plain.EncodeTokens(texts)[0]);
        for (var i = 0; i < both.Length; i++)
        {
            both.Values[i].ShouldBe((first.Values[i] + (3 * last.Values[i])) / 4, 1e-5f);
        }

        Should.Throw<ArgumentException>(() => new SentenceTransformer([plain.Modules[0], new WeightedLayerPoolingModule(32, 3, 1), .. plain.Modules.Skip(1)])).Message.ShouldContain("3 layers");
        Should.Throw<ArgumentException>(() => new WeightedLayerPoolingModule(32, 2, 1, Tensor.From([1, -1], 2)));
    }

    [Fact]
    public void WordWeights_equal_PyTorch_and_averages_after_them_are_weighted()
    {
        var module = WordWeightsModule.Load(Fixtures.Own("modules/word-weights"));
        var recorded = Recorded("word-weights");
        var x = Input(recorded, "x");
        var ids = recorded.Read("ids").Values.ToArray().Select(id => (int)id).ToArray();
        using var run = new Computation(recording: true);
        var features = new Features(Batch(ids)) { TokenEmbeddings = x };
        module.Forward(run, features);
        Compare(recorded, "tokens", features.TokenEmbeddings);
        var pooling = new PoolingModule(5, [Pooling.Mean, Pooling.MeanSqrtLength, Pooling.WeightedMean]);
        pooling.Forward(run, features);
        Compare(recorded, "y", features.SentenceEmbeddings!);
        run.Backward(features.SentenceEmbeddings!, recorded.Read("dy"));
        Compare(recorded, "grad.x", x.Gradient!);
    }

    [Theory]
    [InlineData("lstm", "LSTM")]
    [InlineData("lstm-bidirectional-2", "LSTM")]
    [InlineData("cnn", "CNN")]
    [InlineData("weighted-layers", "WeightedLayerPooling")]
    [InlineData("word-weights", "WordWeights")]
    public void What_is_saved_equals_what_was_loaded_bit_for_bit(string name, string type)
    {
        using var folder = new TemporaryFolder();
        var source = Fixtures.Own($"modules/{name}");
        var module = ModuleRegistry.Load("modules.json", $"sentence_transformers.models.{type}", source, trainable: false);
        module.Save(folder.Path);
        foreach (var file in Directory.EnumerateFiles(source, "*.json").Select(Path.GetFileName))
        {
            using var before = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(source, file!)));
            using var after = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder.Of(file!)));
            System.Text.Json.JsonElement.DeepEquals(before.RootElement, after.RootElement).ShouldBeTrue(file);
        }

        foreach (var (key, tensor) in module.Parameters())
        {
            var saved = SafetensorsFile.Open(folder.Of("model.safetensors")).Read(key);
            saved.Shape.SequenceEqual(tensor.Shape).ShouldBeTrue(key);
            saved.Values.SequenceEqual(tensor.Values).ShouldBeTrue(key);
        }

        ModuleRegistry.Load("modules.json", $"sentence_transformers.models.{type}.{type}", folder.Path, trainable: false).ToString().ShouldBe(module.ToString());
    }

    [Fact]
    public void A_text_in_an_LSTM_has_the_same_bits_alone_and_in_any_batch()
    {
        var module = LSTMModule.CreateRandom(7, 5, layerCount: 2, seed: 3);
        var random = new Random(1);
        int[] lengths = [3, 0, 9, 1, 9, 17, 2];
        var texts = lengths.Select(length => Enumerable.Range(0, length * 7).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
        var together = Run(module, texts);
        var start = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var count = lengths[i] * 10;
            Run(module, texts[i]).ShouldBe(together[start..(start + count)], $"text {i}");
            start += count;
        }

        start.ShouldBe(together.Length);
    }

    [Fact]
    public void Files_that_do_not_fit_are_named()
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Fixtures.Own("modules"), "");
        void Fails(string file, string old, string replacement, string named, Func<string, Module> load)
        {
            var text = File.ReadAllText(folder.Of(file));
            text.ShouldContain(old);
            File.WriteAllText(folder.Of(file), text.Replace(old, replacement, StringComparison.Ordinal));
            var fault = Should.Throw<ModelFormatException>(() => load(Path.GetDirectoryName(folder.Of(file))!));
            fault.Message.ShouldContain(named);
            fault.Message.ShouldContain(folder.Path);
            File.WriteAllText(folder.Of(file), text);
        }

        Fails("lstm/lstm_config.json", "\"hidden_dim\": 3", "\"hidden_dim\": 4", "encoder.weight_ih_l0", path => LSTMModule.Load(path));
        Fails("lstm/lstm_config.json", "\"dropout\": 0", "\"dropout\": 1", "dropout", path => LSTMModule.Load(path));
        Fails("cnn/cnn_config.json", "3,", "4,", "kernel_sizes", path => CNNModule.Load(path));
        Fails("cnn/cnn_config.json", "\"out_channels\": 4", "\"out_channels\": 5", "convs.0.weight", path => CNNModule.Load(path));
        Fails("weighted-layers/config.json", "\"layer_start\": 2", "\"layer_start\": 1", "layer_weights", path => WeightedLayerPoolingModule.Load(path));
        Fails("word-weights/config.json", "3.5", "\"much\"", "word_weights", WordWeightsModule.Load);
    }

    private static float[] Run(LSTMModule module, params float[][] texts)
    {
        var offsets = new int[texts.Length + 1];
        for (var i = 0; i < texts.Length; i++)
        {
            offsets[i + 1] = offsets[i] + (texts[i].Length / 7);
        }

        using var run = new Computation();
        var features = new Features(new PackedBatch(new int[offsets[^1]], new int[offsets[^1]], offsets, allowEmpty: true))
        {
            TokenEmbeddings = Tensor.From(texts.SelectMany(text => text).ToArray(), offsets[^1], 7),
        };
        module.Forward(run, features);
        return features.TokenEmbeddings.Values.ToArray();
    }

    private static void Check(string folder, Module module, params string[] layers)
    {
        var recorded = Recorded(folder);
        var inputs = (layers.Length == 0 ? ["x"] : layers).Select(name => (Name: name, Tensor: Input(recorded, name))).ToArray();
        foreach (var (_, parameter) in module.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        using var run = new Computation(recording: true);
        var features = new Features(Batch(new int[Lengths.Sum()]))
        {
            TokenEmbeddings = inputs[0].Tensor,
            HiddenStates = layers.Length == 0 ? null : [.. inputs.Select(input => input.Tensor)],
        };
        module.Forward(run, features);
        Compare(recorded, "y", features.TokenEmbeddings);
        run.Backward(features.TokenEmbeddings, recorded.Read("dy"));
        var compared = 0;
        foreach (var info in recorded.Tensors.Where(info => info.Name.StartsWith("grad.", StringComparison.Ordinal)))
        {
            var name = info.Name["grad.".Length..];
            var tensor = inputs.FirstOrDefault(input => input.Name == name).Tensor ?? module.Parameters().Single(parameter => parameter.Name == name).Value;
            Compare(recorded, info.Name, tensor.Gradient ?? Tensor.Zeros(tensor.Shape)); // layers that do not count are left alone
            compared++;
        }

        compared.ShouldBeGreaterThan(module.Parameters().Count());
    }

    private static PackedBatch Batch(int[] ids) => new(ids, new int[ids.Length], [0, Lengths[0], Lengths[0] + Lengths[1], Lengths.Sum()]);

    private static SafetensorsFile Recorded(string folder) => SafetensorsFile.Open(Fixtures.Own($"modules/{folder}/expected.safetensors"));

    private static Tensor Input(SafetensorsFile recorded, string name)
    {
        var x = recorded.Read(name);
        x = Tensor.From(x.Values, x.Shape);
        x.RequiresGradient = true;
        return x;
    }

    private static void Compare(SafetensorsFile recorded, string name, Tensor actual)
    {
        var expected = recorded.Read(name).Values;
        actual.Length.ShouldBe(expected.Length, name);
        for (var i = 0; i < expected.Length; i++)
        {
            actual.Values[i].ShouldBe(expected[i], 2e-5f, $"{name}[{i}]");
        }
    }
}
