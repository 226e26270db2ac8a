using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tests;

public class MultiVectorEncoderTests
{
    [Fact]
    public void A_folder_of_PyLate_gives_projected_normalized_vectors_of_the_tokens_that_count()
    {
        using var folder = Pylate();
        var model = MultiVectorEncoder.Load(folder.Path);
        model.Dimension.ShouldBe(8);
        var document = "A man, a horse.";
        var ids = model.Tokenizer.Encode(document).Ids.ToArray().ToList();
        ids.Insert(1, model.Tokenizer.TokenToId("violin")!.Value);
        var (full, comma) = (model.Tokenizer.TokenToId(".")!.Value, model.Tokenizer.TokenToId(",")!.Value);
        RecordedFolder.ShouldBeNear(model.EncodeDocument([document])[0].Values, Expected(folder, [.. ids], id => id != full && id != comma), "document", 0);

        ids = [.. model.Tokenizer.Encode("the horse.").Ids];
        ids.Insert(1, model.Tokenizer.TokenToId("white")!.Value);
        var count = ids.Count;
        ids.AddRange(Enumerable.Repeat(model.Tokenizer.MaskId!.Value, 12 - count));
        var queries = model.EncodeQuery(["the horse."]);
        queries.TokenCounts.ShouldBe([12]);
        RecordedFolder.ShouldBeNear(queries[0].Values, Expected(folder, [.. ids], _ => true, count), "query", 0);
    }

    [Fact]
    public void A_sentence_encoder_compares_its_token_vectors_of_length_one_but_for_punctuation_in_documents()
    {
        var sentences = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var model = MultiVectorEncoder.Of(sentences);
        const string Text = "A man, a horse.";
        var ids = model.Tokenizer.Encode(Text).Ids.ToArray();
        var tokens = sentences.EncodeTokens([Text])[0];
        float[][] unit = [.. Enumerable.Range(0, ids.Length).Select(i => tokens.Row(i).ToArray()).Select(row => Array.ConvertAll(row, value => value / TensorPrimitives.Norm<float>(row)))];
        var counting = unit.Where((_, i) => model.Tokenizer.IdToToken(ids[i]) is not ("," or ".")).ToArray();
        counting.Length.ShouldBe(unit.Length - 2);
        RecordedFolder.ShouldBeNear(model.EncodeQuery([Text])[0].Values, unit.SelectMany(row => row).ToArray(), "query", 1e-6f);
        RecordedFolder.ShouldBeNear(model.EncodeDocument([Text])[0].Values, counting.SelectMany(row => row).ToArray(), "document", 1e-6f);

        var expected = unit.Sum(query => counting.Max(row => TensorPrimitives.Dot<float>(query, row)));
        model.Rank(Text, [Text])[0].Score.ShouldBe(expected, 1e-4f);
        Should.Throw<ArgumentException>(() => MultiVectorEncoder.Of(new SentenceTransformer([new StaticEmbeddingModule(model.Tokenizer, Tensor.Zeros(model.Tokenizer.VocabularySize, 4))])))
            .Message.ShouldContain("begins with StaticEmbedding");
    }

    [Fact]
    public void Tokens_that_nobody_attends_change_nothing_but_see_the_others()
    {
        var random = new Random(1);
        Tensor Random(int rows) => Tensor.From([.. Enumerable.Range(0, rows * 8).Select(_ => random.NextSingle() - 0.5f)], rows, 8);
        int[] offsets = [0, 5, 12, 15], attended = [5, 3, 1];
        var batch = new PackedBatch(new int[15], new int[15], offsets, attended: attended);
        var (query, key, value) = (Random(15), Random(15), Random(15));
        var rows = Enumerable.Range(0, 3).SelectMany(i => Enumerable.Range(offsets[i], attended[i])).ToArray();
        using var run = new Computation();
        var seen = PackedBatch.From([.. attended.Select(count => new int[count])]);
        var expected = run.Attention(query, run.Rows(key, rows), run.Rows(value, rows), new AttentionMask(batch, seen), 2);
        var actual = run.Attention(query, key, value, batch, 2);
        RecordedFolder.ShouldBeNear(actual.Values, expected.Values, "attention", 1e-6f);

        // Through a window that reaches none of them a token sees nothing.
        var near = run.Attention(query, key, value, new AttentionMask(batch, window: 2), 2);
        near.Row(11).ToArray().ShouldAllBe(element => element == 0);
        near.Row(14).ToArray().ShouldAllBe(element => element == 0);
        near.Row(8).ToArray().ShouldContain(element => element != 0);
        Should.Throw<ArgumentException>(() => new PackedBatch(new int[2], new int[2], [0, 2], attended: [3]));
    }

    [Fact]
    public void A_text_has_the_same_bits_alone_in_any_batch_in_any_order_with_any_threads()
    {
        using var folder = Pylate();
        var model = MultiVectorEncoder.Load(folder.Path);
        var texts = Enumerable.Range(0, 120).Select(i => string.Join(' ', Enumerable.Repeat("the man,", i % 9)) + i).ToArray();
        foreach (var encode in new Func<IReadOnlyList<string>, MultiVectorEncodeOptions?, MultiVectorEmbeddings>[] { (t, o) => model.EncodeQuery(t, o), (t, o) => model.EncodeDocument(t, o) })
        {
            var together = encode(texts, null);
            var backwards = encode([.. texts.Reverse()], new MultiVectorEncodeOptions { BatchTokens = 37, MaxThreads = 1 });
            for (var i = 0; i < texts.Length; i++)
            {
                together[i].Values.SequenceEqual(backwards[texts.Length - 1 - i].Values).ShouldBeTrue(texts[i]);
                together[i].Values.SequenceEqual(encode([texts[i]], null)[0].Values).ShouldBeTrue(texts[i]);
            }
        }
    }

    [Fact]
    public void Ranking_is_by_score_and_a_saved_model_gives_the_same()
    {
        using var folder = Pylate();
        var model = MultiVectorEncoder.Load(folder.Path);
        var documents = new[] { "A man is eating.", "", "The girl is carrying a baby.", "A man is eating." };
        var scores = model.Similarity(model.EncodeQuery(["a man"]), model.EncodeDocument(documents)).Values.ToArray();
        var ranking = model.Rank("a man", documents);
        ranking.Select(document => document.Index).ShouldBe(Enumerable.Range(0, 4).OrderByDescending(i => scores[i]).ThenBy(i => i));
        ranking.Select(document => document.Score).ShouldBe(ranking.Select(document => scores[document.Index]));
        model.Rank("a man", documents, topK: 2).ShouldBe(ranking[..2]);

        using var saved = new TemporaryFolder();
        model.Save(saved.Path);
        ModelKinds.Of(saved.Path).ShouldBe(ModelKind.MultiVectorEncoder);
        var again = MultiVectorEncoder.Load(saved.Path);
        again.ToString().ShouldBe(model.ToString());
        again.Rank("a man", documents).ShouldBe(ranking);
        again.Config.QueryExpansion.ShouldBe(model.Config.QueryExpansion);
    }

    [Fact]
    public void An_original_checkpoint_and_a_newer_folder_are_the_same_model()
    {
        using var pylate = Pylate();
        var expected = MultiVectorEncoder.Load(pylate.Path).Rank("a man", ["A man is eating.", "The girl"]);

        using var colbert = Pylate();
        File.Delete(colbert.Of("modules.json"));
        File.Delete(colbert.Of("config_sentence_transformers.json"));
        colbert.Edit("config.json", "\"BertModel\"", "\"HF_ColBERT\"");
        File.WriteAllText(colbert.Of("artifact.metadata"), """{"query_token_id": "white", "doc_token_id": "violin", "query_maxlen": 12, "doc_maxlen": 16, "mask_punctuation": true, "attend_to_mask_tokens": false}""");
        var weights = SafetensorsFile.Open(Path.Combine(Fixtures.Own("st/mean-normalize"), "model.safetensors"));
        var writer = new SafetensorsWriter();
        foreach (var tensor in weights.Tensors)
        {
            writer.Add("bert." + tensor.Name, weights.Read(tensor.Name));
        }

        writer.Add("linear.weight", SafetensorsFile.Open(pylate.Of("1_Dense/model.safetensors")).Read("linear.weight"));
        File.Delete(colbert.Of("model.safetensors"));
        writer.Save(colbert.Of("model.safetensors"));
        ModelKinds.Of(colbert.Path).ShouldBe(ModelKind.MultiVectorEncoder);
        MultiVectorEncoder.Load(colbert.Path).Rank("a man", ["A man is eating.", "The girl"]).ShouldBe(expected);
    }

    [Fact]
    public void What_is_wrong_is_named_with_the_file()
    {
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(Fixtures.Own("st/mean-normalize"))).Message.ShouldContain("cosine");
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(Fixtures.Own("st/cross-encoder"))).Message.ShouldContain("load it with CrossEncoder");
        using var folder = Pylate();
        folder.Edit("config_sentence_transformers.json", "\"white\"", "\"[nothing]\"");
        Should.Throw<ModelFormatException>(() => MultiVectorEncoder.Load(folder.Path)).Message.ShouldContain("[nothing]");
    }

    // A fixture with a projection: what PyLate saves of a ColBERT model.
    private static TemporaryFolder Pylate()
    {
        var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        File.WriteAllText(folder.Of("modules.json"), """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"}]
            """);
        File.WriteAllText(folder.Of("config_sentence_transformers.json"), """
            {"prompts": {}, "default_prompt_name": null, "similarity_fn_name": "MaxSim", "query_prefix": "white", "document_prefix": "violin",
             "query_length": 12, "document_length": 16, "attend_to_expansion_tokens": false, "skiplist_words": [".", ","], "do_query_expansion": true}
            """);
        Directory.CreateDirectory(folder.Of("1_Dense"));
        File.WriteAllText(folder.Of("1_Dense/config.json"), """{"in_features": 32, "out_features": 8, "bias": false, "activation_function": "torch.nn.modules.linear.Identity"}""");
        var random = new Random(7);
        var writer = new SafetensorsWriter();
        writer.Add("linear.weight", Tensor.From([.. Enumerable.Range(0, 8 * 32).Select(_ => random.NextSingle() - 0.5f)], 8, 32));
        writer.Save(folder.Of("1_Dense/model.safetensors"));
        return folder;
    }

    private static float[] Expected(TemporaryFolder folder, int[] ids, Func<int, bool> counts, int? attended = null)
    {
        using var run = new Computation();
        var batch = new PackedBatch(ids, new int[ids.Length], [0, ids.Length], attended: attended is { } count ? [count] : null);
        var hidden = Transformer.Load(folder.Path).Forward(run, batch);
        var projected = run.Linear(hidden, new Linear(SafetensorsFile.Open(folder.Of("1_Dense/model.safetensors")).Read("linear.weight"), null));
        var normalized = run.Normalize(projected);
        return [.. Enumerable.Range(0, ids.Length).Where(i => counts(ids[i])).SelectMany(i => normalized.Row(i).ToArray())];
    }
}
