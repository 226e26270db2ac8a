using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance.Tests;

/// <summary>Tests adapters of the four kinds of encoders: in calls, in folders, and merged.</summary>
public class AdapterTests
{
    private static readonly string[] Texts = ["a red apple", "the sky at night", "one two three four five"];
    private static readonly (string Text, string Pair)[] Pairs = [("a red apple", "fruit"), ("night", "the sky at night")];

    // For each kind of encoder: how to load it, and what it computes with an adapter.
    private static IEnumerable<(string Name, ITrainableModel Model, Func<string, Adapter> LoadAdapter, Func<Adapter?, float[]> Compute, Func<string, float[]> OfFolder)> Encoders()
    {
        var dense = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        yield return ("dense", dense, dense.LoadAdapter, adapter => Dense(dense, adapter), folder => Dense(SentenceTransformer.Load(folder), null));
        var cross = CrossEncoder.Load(Fixtures.Own("st/cross-encoder"));
        yield return ("cross", cross, cross.LoadAdapter, adapter => Cross(cross, adapter), folder => Cross(CrossEncoder.Load(folder), null));
        var sparse = SparseEncoder.Load(Fixtures.Own("st/splade"));
        yield return ("sparse", sparse, sparse.LoadAdapter, adapter => Sparse(sparse, adapter), folder => Sparse(SparseEncoder.Load(folder), null));
        var multi = MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")));
        yield return ("multi", multi, multi.LoadAdapter, adapter => Multi(multi, adapter), folder => Multi(MultiVectorEncoder.Load(folder), null));
    }

    [Fact]
    public void Calls_choose_among_several_adapters_of_one_model()
    {
        foreach (var (name, model, load, compute, _) in Encoders())
        {
            using var first = new TemporaryFolder();
            using var second = new TemporaryFolder();
            Write(model, new LoraConfig { Rank = 2, TaskType = "SEQ_CLS" }, 1, first.Path);
            Write(model, new Ia3Config(), 2, second.Path);
            Adapter?[] adapters = [null, load(first.Path), load(second.Path)];
            var expected = Array.ConvertAll(adapters, adapter => compute(adapter));
            expected.Select(values => string.Join(' ', values)).Distinct().Count().ShouldBe(3, name);
            Parallel.For(0, 12, i => compute(adapters[i % 3]).ShouldBe(expected[i % 3], name));
        }
    }

    [Fact]
    public void A_model_with_an_attached_adapter_is_saved_as_its_adapter_and_loads_with_its_base_model()
    {
        foreach (var (name, model, _, compute, ofFolder) in Encoders())
        {
            using var folder = new TemporaryFolder();
            var adapter = model.AddAdapter(new LoraConfig { Rank = 2, UseDora = true });
            Randomize(adapter, 3);
            var expected = compute(null);
            model.Save(folder.Path);
            File.Exists(folder.Of("model.safetensors")).ShouldBeFalse(name);
            File.Exists(folder.Of("adapter_model.safetensors")).ShouldBeTrue(name);
            ofFolder(folder.Path).ShouldBe(expected, name);

            adapter.Merge();
            Near(compute(null), expected, name);
            model.Save(folder.Path);
            File.Exists(folder.Of("adapter_config.json")).ShouldBeFalse(name);
            Near(ofFolder(folder.Path), expected, name);
        }
    }

    [Fact]
    public void A_folder_of_PEFT_is_its_base_model_with_the_adapter()
    {
        using var folder = new TemporaryFolder();
        var model = SentenceTransformer.Load(Fixtures.Own("st/cls-dense"));
        Write(model, new LoraConfig { Rank = 2 }, 4, folder.Path);
        var loaded = SentenceTransformer.Load(folder.Path);
        loaded.Modules.Count.ShouldBe(model.Modules.Count);
        Dense(loaded, null).ShouldBe(Dense(model, model.LoadAdapter(folder.Path)));
        loaded.Body!.Adapter!.Config.BaseModel.ShouldBe(Fixtures.Own("st/cls-dense"));
    }

    [Fact]
    public void An_adapter_with_a_head_makes_a_cross_encoder_of_a_body()
    {
        var cross = CrossEncoder.Create(TransformerModule.Load(Fixtures.Own("st/mean-normalize")), ["no", "maybe", "yes"], seed: 5);
        using var folder = new TemporaryFolder();
        Randomize(cross.AddAdapter(new LoraConfig { Rank = 2, TaskType = "SEQ_CLS" }), 3);
        cross.Save(folder.Path);
        var loaded = CrossEncoder.Load(folder.Path);
        loaded.Labels.ShouldBe(["no", "maybe", "yes"]);
        Cross(loaded, null).ShouldBe(Cross(cross, null));

        File.Delete(folder.Of("config.json")); // as PEFT saves it
        var plain = CrossEncoder.Load(folder.Path);
        plain.Labels.ShouldBe(["LABEL_0", "LABEL_1", "LABEL_2"]);
        Cross(plain, null).ShouldBe(Cross(cross, null));
    }

    [Fact]
    public void The_pooler_that_a_new_head_brings_is_trained_and_saved_with_any_adapter()
    {
        using var @base = new TemporaryFolder();
        var input = new TransformerModule(TransformerModule.Load(Fixtures.Own("st/mean-normalize")).Tokenizer, Transformer.Load(Fixtures.Own("models/bert-mlm")));
        new SentenceTransformer([input, new PoolingModule(input.Transformer.HiddenSize, [Pooling.Mean])]).Save(@base.Path);
        AdapterConfig[] configs = [new LoraConfig { Rank = 2, TaskType = "SEQ_CLS" }, new BiasTuningConfig { TaskType = "SEQ_CLS" }, new PromptConfig { VirtualTokens = 2, TaskType = "SEQ_CLS" }];
        foreach (var config in configs)
        {
            using var folder = new TemporaryFolder();
            var model = TextClassifier.Create(TransformerModule.Load(@base.Path), ["no", "yes"], seed: 5);
            var adapter = model.AddAdapter(config);
            adapter.Config.ModulesToSave.ShouldBe(["pooler", "classifier"]);
            Randomize(adapter, 3);
            model.Save(folder.Path);
            TextClassifier.Load(folder.Path).Classify(Texts).Select(text => text.Labels[0]).ShouldBe(model.Classify(Texts).Select(text => text.Labels[0]));
        }
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused_by_calls_and_by_loading()
    {
        var (one, other) = (SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")), SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")));
        using var folder = new TemporaryFolder();
        Write(one, new LoraConfig { Rank = 2 }, 1, folder.Path);
        var adapter = one.LoadAdapter(folder.Path);
        Should.Throw<ArgumentException>(() => other.Encode("text", new EncodeOptions { Adapter = adapter })).Message.ShouldContain("belongs to another model");
        Should.Throw<ModelFormatException>(() => Adapter.Load(folder.Path, AdaptableModel.Of(Transformer.Load(Fixtures.Own("models/mpnet"))))).Message.ShouldContain("does not fit the model");
        Should.Throw<NotSupportedException>(() => new SentenceTransformer([new BoWModule(["a"])]).LoadAdapter(folder.Path)).Message.ShouldContain("adapters need a transformer");
    }

    [Fact]
    public void A_base_model_that_is_not_found_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("adapter_config.json", """{"peft_type": "LORA", "base_model_name_or_path": "x/y"}""");
        var message = Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message;
        message.ShouldStartWith(path);
        message.ShouldContain("semblance download x/y");
        folder.Write("adapter_config.json", """{"peft_type": "LORA"}""");
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message.ShouldContain("'base_model_name_or_path' is missing");
        folder.Write("adapter_config.json", $$"""{"peft_type": "LORA", "base_model_name_or_path": "{{folder.Path}}"}""");
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message.ShouldContain("names the folder itself");
    }

    private static void Write(ITrainableModel model, AdapterConfig config, int seed, string folder)
    {
        var adapter = model.AddAdapter(config);
        Randomize(adapter, seed);
        adapter.Detach();
        adapter.Save(folder);
    }

    private static void Randomize(Adapter adapter, int seed)
    {
        var random = new Random(seed);
        foreach (var (_, tensor) in adapter.Parameters())
        {
            foreach (ref var value in tensor.Writable)
            {
                value += random.NextSingle() - 0.5f;
            }
        }
    }

    private static float[] Dense(SentenceTransformer model, Adapter? adapter) =>
        model.Encode(Texts, new EncodeOptions { Adapter = adapter }).Vectors.Values.ToArray();

    private static float[] Cross(CrossEncoder model, Adapter? adapter) =>
        model.Predict(Pairs, new PredictOptions { Adapter = adapter, Activation = Activation.Identity }).Scores.Values.ToArray();

    private static float[] Sparse(SparseEncoder model, Adapter? adapter) =>
        [.. model.Encode(Texts, new SparseEncodeOptions { Adapter = adapter }).SelectMany(vector => vector.Values.ToArray())];

    private static float[] Multi(MultiVectorEncoder model, Adapter? adapter) =>
        [.. model.Encode(Texts, new MultiVectorEncodeOptions { Adapter = adapter }).SelectMany(vectors => vectors.Values.ToArray())];

    private static void Near(float[] actual, float[] expected, string name)
    {
        actual.Length.ShouldBe(expected.Length, name);
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < actual.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 5e-6f * largest, name);
        }
    }
}
