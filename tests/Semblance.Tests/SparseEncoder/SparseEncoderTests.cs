using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Tests;

/// <summary>Parity with the original's SparseEncoder, from text to sparse vectors.</summary>
public class SparseEncoderTests
{
    [Fact]
    public void Every_recorded_result_is_reproduced()
    {
        using var recorded = new RecordedFolder("st/splade");
        var model = SparseEncoder.Load(recorded.Path);
        var embeddings = model.Encode(recorded.Sentences);
        recorded.ShouldBeNear(Dense(embeddings), "encode");
        recorded.ShouldBeNear(Dense(model.Encode(recorded.Sentences, new SparseEncodeOptions { MaxActiveDimensions = 8 })), "encode_max_active_8");
        recorded.ShouldBeNear(model.Similarity(embeddings, embeddings).Values, "similarity", 1e-3f); // sums of 190 products, up to 300
        var decoded = recorded.Settings.GetProperty("decode").EnumerateArray().Select(text => text.EnumerateArray().ToArray()).ToArray();
        for (var i = 0; i < decoded.Length; i++)
        {
            var tokens = model.Decode(embeddings[i], decoded[i].Length);
            tokens.Select(token => token.Token).ShouldBe(decoded[i].Select(token => token[0].GetString()!));
            RecordedFolder.ShouldBeNear([.. tokens.Select(token => token.Weight)], [.. decoded[i].Select(token => token[1].GetSingle())], "decode");
        }
    }

    [Theory]
    [InlineData(VocabularyPooling.Max, 1)]
    [InlineData(VocabularyPooling.Max, 2)]
    [InlineData(VocabularyPooling.Sum, 1)]
    [InlineData(VocabularyPooling.Sum, 2)]
    public void Pooling_is_the_formula_over_all_logits_on_every_instruction_set(VocabularyPooling pooling, int saturations)
    {
        const float Tolerance = 1e-4f;
        using var recorded = new RecordedFolder("st/splade");
        var model = TaskModel.Load(recorded.Path);
        var head = (VocabularyHead)model.Head!;
        var batch = recorded.Batch;
        foreach (var set in InstructionSets.Available)
        {
            using var run = new Computation(instructions: set);
            var transformed = head.Transform(run, model.Body.Forward(run, batch));
            var logits = run.Linear(transformed, head.Decoder);
            var expected = new float[batch.Count * logits.Columns];
            for (var i = 0; i < batch.Count; i++)
            {
                for (var word = 0; word < logits.Columns; word++)
                {
                    double pooled = 0;
                    for (var token = batch.Offsets[i]; token < batch.Offsets[i + 1]; token++)
                    {
                        double weight = Math.Max(0, logits.Row(token)[word]);
                        for (var s = 0; s < saturations; s++)
                        {
                            weight = Math.Log(1 + weight);
                        }

                        pooled = pooling == VocabularyPooling.Max ? Math.Max(pooled, weight) : pooled + weight;
                    }

                    expected[(i * logits.Columns) + word] = (float)pooled;
                }
            }

            RecordedFolder.ShouldBeNear(run.PoolVocabulary(transformed, head.Decoder, batch, pooling, saturations).Values, expected, set.ToString(), Tolerance);
        }
    }

    [Fact]
    public void A_text_has_the_same_bits_alone_in_any_batch_in_any_order_with_any_threads()
    {
        using var recorded = new RecordedFolder("st/splade");
        var model = SparseEncoder.Load(recorded.Path);
        var sentences = recorded.Sentences.Concat(Enumerable.Range(0, 200).Select(i => string.Join(' ', Enumerable.Repeat("the man", i % 9)))).ToArray();
        var together = model.Encode(sentences);
        var backwards = model.Encode([.. sentences.Reverse()], new SparseEncodeOptions { BatchTokens = 37, MaxThreads = 1 });
        for (var i = 0; i < sentences.Length; i++)
        {
            ShouldBeSame(together[i], backwards[sentences.Length - 1 - i], sentences[i]);
            ShouldBeSame(together[i], model.Encode(sentences[i]), sentences[i]);
        }
    }

    [Fact]
    public async Task A_stream_gives_the_same_vectors_in_order()
    {
        var model = SparseEncoder.Load(Fixtures.Own("st/splade"));
        var sentences = Enumerable.Range(0, 3000).Select(i => $"the man {i % 77} is riding {i % 13} a horse").ToArray();
        var expected = model.Encode(sentences, new SparseEncodeOptions { MaxActiveDimensions = 5 });
        expected.ActiveDimensions.ShouldBe(5);
        expected.SparsityRatio.ShouldBe(1 - (5.0 / 190));
        var index = 0;
        await foreach (var embedding in model.EncodeAsync(sentences.ToAsyncEnumerable(), new SparseEncodeOptions { MaxActiveDimensions = 5 }))
        {
            embedding.Text.ShouldBe(sentences[index]);
            ShouldBeSame(embedding.Vector, expected[index++], embedding.Text);
        }

        index.ShouldBe(sentences.Length);
        model.Encode([]).SparsityRatio.ShouldBe(1);
    }

    [Fact]
    public void A_saved_model_loads_again_with_the_same_bits_and_the_original_layout()
    {
        using var recorded = new RecordedFolder("st/splade");
        using var folder = new TemporaryFolder();
        var model = SparseEncoder.Load(recorded.Path);
        model.Save(folder.Path);
        foreach (var name in new[] { "modules.json", "1_SpladePooling/config.json", "sentence_bert_config.json" })
        {
            using var before = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(recorded.Path, name)));
            using var after = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder.Of(name)));
            System.Text.Json.JsonElement.DeepEquals(before.RootElement, after.RootElement).ShouldBeTrue(name);
        }

        SafetensorsFile.Open(folder.Of("model.safetensors")).Tensors.Select(tensor => tensor.Name).Order().ShouldBe(
            SafetensorsFile.Open(Path.Combine(recorded.Path, "model.safetensors")).Tensors.Select(tensor => tensor.Name).Order());
        var again = SparseEncoder.Load(folder.Path);
        again.ToString().ShouldBe(model.ToString());
        again.Config.SimilarityFunction.ShouldBe(SimilarityFunction.DotProduct);
        ShouldBeSame(again.Encode("A man is eating."), model.Encode("A man is eating."), "saved");
    }

    [Fact]
    public void A_plain_folder_that_predicts_words_gets_the_largest_weights_and_newer_names_of_modules_are_understood()
    {
        using var recorded = new RecordedFolder("st/splade");
        using var plain = new TemporaryFolder().With(recorded.Path);
        File.Delete(plain.Of("modules.json"));
        var expected = SparseEncoder.Load(recorded.Path).Encode("A man is eating.");
        ShouldBeSame(SparseEncoder.Load(plain.Path).Encode("A man is eating."), expected, "plain");
        using var newer = new TemporaryFolder().With(recorded.Path)
            .Edit("modules.json", "sentence_transformers.sparse_encoder.models.MLMTransformer", "sentence_transformers.base.modules.transformer.Transformer")
            .Edit("modules.json", "sentence_transformers.sparse_encoder.models.SpladePooling", "sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling");
        ShouldBeSame(SparseEncoder.Load(newer.Path).Encode("A man is eating."), expected, "newer");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\uD800")]
    [InlineData("[MASK] [PAD]")]
    public void Any_text_has_a_finite_vector(string text) =>
        SparseEncoder.Load(Fixtures.Own("st/splade")).Encode(text).Values.ToArray().ShouldAllBe(value => float.IsFinite(value) && value > 0);

    [Fact]
    public void Static_weights_are_those_of_the_tokens_that_a_text_has()
    {
        var tokenizer = Tokenizer.Load(Fixtures.Own("st/splade"));
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("idf.json"), """{"man": 2.5, "horse": 0.5, "a": 0.25, "[SEP]": 9}""");
        var module = SparseStaticEmbeddingModule.FromJson(folder.Of("idf.json"), tokenizer, frozen: true);
        var model = new SparseEncoder([module]);
        var embeddings = model.EncodeQuery(["A man, a man!", "the horse", "", "a man"]);
        model.Decode(embeddings[0]).ShouldBe([new("man", 2.5f), new("a", 0.25f)]); // once, however often it comes; no special tokens
        model.Decode(embeddings[1], 1).ShouldBe([new("horse", 0.5f)]);
        embeddings[2].ActiveDimensions.ShouldBe(0);
        model.Similarity(embeddings, embeddings).Row(0)[3].ShouldBe((2.5f * 2.5f) + 0.0625f);

        model.Save(folder.Of("saved"));
        File.ReadAllText(folder.Of("saved/modules.json")).ShouldContain("0_SparseStaticEmbedding");
        ShouldBeSame(SparseEncoder.Load(folder.Of("saved")).Encode("a man"), embeddings[3], "saved");
        File.WriteAllText(folder.Of("saved/0_SparseStaticEmbedding/config.json"), """{"frozen": true, "path": "idf.json"}""");
        File.Copy(folder.Of("idf.json"), folder.Of("saved/0_SparseStaticEmbedding/idf.json"));
        ShouldBeSame(SparseEncoder.Load(folder.Of("saved")).Encode("a man"), embeddings[3], "json");

        File.WriteAllText(folder.Of("idf.json"), """{"man": "much"}""");
        Should.Throw<ModelFormatException>(() => SparseStaticEmbeddingModule.FromJson(folder.Of("idf.json"), tokenizer)).Message.ShouldContain("'man'");
    }

    [Fact]
    public void An_autoencoder_keeps_the_largest_of_its_latents()
    {
        // hidden = relu of the largest two of W ((x − mean) / (deviation + 1e-5) − bias) + latent bias
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("config.json"), """{"input_dim": 3, "hidden_dim": 4, "k": 2, "k_aux": 2, "normalize": true, "dead_threshold": 30}""");
        var writer = new SafetensorsWriter();
        writer.Add("pre_bias", Tensor.From([0.5f, 0, -0.5f], 3));
        writer.Add("decoder.linear.weight", Tensor.From([1, 0, 0, 0, 1, 0, 0, 0, 1, -1, -1, -1], 4, 3));
        writer.Add("latent_bias", Tensor.From([0, 0.25f, 0, 0], 4));
        writer.Save(folder.Of("model.safetensors"));
        var module = SparseAutoEncoderModule.Load(folder.Path);
        using var run = new Computation();
        var features = new Features(PackedBatch.From([[1]])) { SentenceEmbeddings = Tensor.From([1, 2, 3], 1, 3) };
        module.Forward(run, features);
        RecordedFolder.ShouldBeNear(features.SentenceEmbeddings.Values, [0, 0.25f, 1.49999f, 0], "normalized to −1, 0, 1; shifted to −1.5, 0, 1.5");
        features = new Features(PackedBatch.From([[1]])) { SentenceEmbeddings = Tensor.From([1, 2, 3], 1, 3), MaxActiveDimensions = 1 };
        module.Forward(run, features);
        SparseVector.From(features.SentenceEmbeddings.Values).Indices.ToArray().ShouldBe([2]);

        Directory.CreateDirectory(folder.Of("saved"));
        module.Save(folder.Of("saved"));
        SparseAutoEncoderModule.Load(folder.Of("saved")).ToString().ShouldBe("SparseAutoEncoder(3 → 4, largest 2)");
        SafetensorsFile.Open(folder.Of("saved/model.safetensors")).Info("stats_last_nonzero").Shape.ShouldBe([4]);
    }

    [Fact]
    public void What_is_wrong_is_named_with_the_file()
    {
        Should.Throw<ModelFormatException>(() => SparseEncoder.Load(Fixtures.Own("st/cross-encoder"))).Message.ShouldContain("load it with CrossEncoder");
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/splade")).Edit("1_SpladePooling/config.json", "\"relu\"", "\"gelu\"");
        var message = Should.Throw<ModelFormatException>(() => SparseEncoder.Load(folder.Path)).Message;
        message.ShouldContain("1_SpladePooling");
        message.ShouldContain("gelu");
        message.ShouldContain("relu, log1p_relu");
        var model = SparseEncoder.Load(Fixtures.Own("st/splade"));
        Should.Throw<ArgumentException>(() => model.Encode("a", new SparseEncodeOptions { MaxActiveDimensions = 0 }));
        Should.Throw<ArgumentException>(() => model.Encode([null!])).Message.ShouldContain("Text 0");
        Should.Throw<ArgumentException>(() => model.Decode(SparseVector.From([1f, 2f]))).Message.ShouldContain("190");
        Should.Throw<ModelFormatException>(() => SparseEncoder.Load(Fixtures.Own("st/mean-normalize"))).Message.ShouldContain("Normalize");
    }

    private static float[] Dense(SparseEmbeddings embeddings) => [.. embeddings.Vectors.SelectMany(vector => vector.ToDense())];

    private static void ShouldBeSame(SparseVector a, SparseVector b, string what)
    {
        a.Indices.Span.SequenceEqual(b.Indices.Span).ShouldBeTrue(what);
        a.Values.Span.SequenceEqual(b.Values.Span).ShouldBeTrue(what);
    }
}
