using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Tests;

/// <summary>Parity with the original's CrossEncoder, from pairs of texts to scores.</summary>
public class CrossEncoderTests
{
    private static readonly PredictOptions Raw = new() { Activation = Activation.Identity };

    // The recording ran with the tokenizer written in Python: of a pair that is too long it leaves the first text the odd token, where the
    // one that is the default leaves it to the longer. Pairs that the two cut differently are compared from their recorded tokens.
    [Theory]
    [InlineData("cross-encoder", 1)]
    [InlineData("cross-encoder-nli", 3)]
    public void Every_recorded_score_is_reproduced(string name, int labels)
    {
        using var recorded = new RecordedFolder("st/" + name);
        var model = CrossEncoder.Load(recorded.Path);
        model.Labels.ShouldBe(Enumerable.Range(0, labels).Select(i => $"LABEL_{i}"));
        model.MaxSequenceLength.ShouldBe(24);
        var pairs = recorded.Pairs;
        var batch = recorded.Batch;
        var alike = Enumerable.Range(0, pairs.Length).Where(i => batch.TokenIds[batch.Offsets[i]..batch.Offsets[i + 1]].SequenceEqual(
            model.Tokenizer.Encode(pairs[i].Item1, pairs[i].Item2, new TokenizerOptions { MaxLength = 24 }).Ids.ToArray())).ToArray();
        alike.Length.ShouldBeGreaterThanOrEqualTo(12);
        foreach (var (output, options) in new[] { ("predict", PredictOptions.Default), ("predict_raw", Raw), ("logits", Raw), ("predict_softmax", new PredictOptions { ApplySoftmax = true }) })
        {
            if (labels > 1 || !options.ApplySoftmax)
            {
                var expected = recorded.Expected(output);
                RecordedFolder.ShouldBeNear(
                    model.Predict([.. alike.Select(i => pairs[i])], options).Scores.Values, [.. alike.SelectMany(i => expected[(i * labels)..((i + 1) * labels)])], output);
            }
        }

        using var run = new Computation();
        recorded.ShouldBeNear(TaskModel.Load(recorded.Path).Forward(run, batch)["logits"].Values, "logits");
    }

    [Fact]
    public void Documents_are_ranked_as_recorded()
    {
        using var recorded = new RecordedFolder("st/cross-encoder");
        var documents = RecordedFolder.Texts(recorded.Settings.GetProperty("rank_documents"));
        var query = recorded.Settings.GetProperty("rank_query").GetString()!;
        int[] cutDifferently = [3, 7]; // longer than the query, both cut
        var expected = recorded.Settings.GetProperty("rank").EnumerateArray().Where(document => !cutDifferently.Contains(document.GetProperty("corpus_id").GetInt32())).ToArray();
        var model = CrossEncoder.Load(recorded.Path);
        var ranking = model.Rank(query, documents, options: Raw); // what the recording ran with
        ranking.Length.ShouldBe(documents.Length);
        ranking.Select(document => document.Text).ShouldBe(ranking.Select(document => documents[document.Index]));
        model.Rank(query, documents, topK: 3, Raw).ShouldBe(ranking[..3]);
        model.Rank(query, documents).Select(document => document.Index).ShouldBe(ranking.Select(document => document.Index));
        ranking = [.. ranking.Where(document => !cutDifferently.Contains(document.Index))];
        ranking.Select(document => document.Index).ShouldBe(expected.Select(document => document.GetProperty("corpus_id").GetInt32()));
        foreach (var (document, rank) in expected.Zip(ranking))
        {
            rank.Score.ShouldBe(document.GetProperty("score").GetSingle(), 2e-5f);
        }

        model.Rank("a man", ["the horse", "a girl", "the horse"]).Select(document => document.Index).Where(i => i != 1).ShouldBe([0, 2]); // ties by place
        model.Rank("a man", []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bert-seqcls")]
    [InlineData("deberta-v2-seqcls")]
    [InlineData("distilbert-seqcls")]
    [InlineData("electra-seqcls")]
    [InlineData("modernbert-seqcls")]
    public void A_plain_folder_of_any_architecture_gives_the_logits_of_its_tokens(string name)
    {
        // The recorded models have no tokenizer; any will do whose ids they know.
        using var folder = new TemporaryFolder().With(Fixtures.Own("models/" + name));
        foreach (var file in new[] { "vocab.txt", "tokenizer_config.json" })
        {
            File.Copy(Fixtures.Own("st/cross-encoder/" + file), folder.Of(file));
        }

        var vocabulary = Transformer.Load(folder.Path).VocabularySize;
        File.WriteAllLines(folder.Of("vocab.txt"), File.ReadLines(folder.Of("vocab.txt")).Take(vocabulary).ToArray());
        var pairs = new[] { ("a man is", "the girl"), ("", ""), ("is is", "a") };
        var model = CrossEncoder.Load(folder.Path);
        var scores = model.Predict(pairs, Raw);
        using var run = new Computation();
        RecordedFolder.ShouldBeNear(model.Forward(run, pairs).Values, scores.Scores.Values, name, 0);
        model.Save(folder.Of("saved"));
        CrossEncoder.Load(folder.Of("saved")).Predict(pairs, Raw).Scores.Values.SequenceEqual(scores.Scores.Values).ShouldBeTrue(name);
    }

    [Fact]
    public void A_pair_has_the_same_bits_alone_in_any_batch_in_any_order_with_any_threads()
    {
        using var recorded = new RecordedFolder("st/cross-encoder-nli");
        var model = CrossEncoder.Load(recorded.Path);
        var pairs = recorded.Pairs.Concat(Enumerable.Range(0, 200).Select(i => (string.Join(' ', Enumerable.Repeat("the man", i % 7)), $"{i % 11} horses"))).ToArray();
        var together = model.Predict(pairs);
        var backwards = model.Predict([.. pairs.Reverse()], new PredictOptions { BatchTokens = 41, MaxThreads = 1 });
        for (var i = 0; i < pairs.Length; i++)
        {
            together[i].SequenceEqual(backwards[pairs.Length - 1 - i]).ShouldBeTrue($"pair {i}");
            together[i].SequenceEqual(model.Predict(pairs[i].Item1, pairs[i].Item2)).ShouldBeTrue($"pair {i}");
        }
    }

    [Fact]
    public void The_longer_text_of_a_long_pair_is_cut_first_and_that_is_visible()
    {
        var model = CrossEncoder.Load(Fixtures.Own("st/cross-encoder")); // 24 tokens, 3 of them special
        var longText = string.Join(' ', Enumerable.Repeat("man", 50));
        var predictions = model.Predict([("a girl", longText), ("a", "girl")]);
        predictions.Truncated.ShouldBe([true, false]);
        predictions.TokenCounts[0].ShouldBe(24);
        predictions[0][0].ShouldBe(model.Predict("a girl", string.Join(' ', Enumerable.Repeat("man", 19)))[0]);
        var fault = Should.Throw<TextTooLongException>(() => model.Predict([("a", "girl"), (longText, "")], new PredictOptions { Truncation = Truncation.Error }));
        (fault.Index, fault.Limit, fault.TokenCount).ShouldBe((1, 24, null));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "a man")]
    [InlineData("\0\uD800", "👍🏽")]
    [InlineData("[SEP]", "[CLS] [PAD]")]
    public void Any_texts_have_a_finite_score(string text, string pair)
    {
        float.IsFinite(CrossEncoder.Load(Fixtures.Own("st/cross-encoder")).Predict(text, pair)[0]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_gives_the_same_scores_in_order_and_stops_when_told()
    {
        var model = CrossEncoder.Load(Fixtures.Own("st/cross-encoder-nli"));
        var pairs = Enumerable.Range(0, 5000).Select(i => ($"the man {i % 77}", $"is riding {i % 13} a horse")).ToArray();
        var expected = model.Predict(pairs);
        var index = 0;
        await foreach (var prediction in model.PredictAsync(pairs.ToAsyncEnumerable()))
        {
            (prediction.Text, prediction.Pair).ShouldBe(pairs[index]);
            prediction.Scores.Span.SequenceEqual(expected[index]).ShouldBeTrue();
            index++;
        }

        index.ShouldBe(pairs.Length);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        Should.Throw<OperationCanceledException>(() => model.Predict(pairs, null, null, source.Token));
    }

    [Theory]
    [InlineData("cross-encoder")]
    [InlineData("cross-encoder-nli")]
    public void A_saved_model_loads_again_with_the_same_bits_and_the_original_files(string name)
    {
        using var recorded = new RecordedFolder("st/" + name);
        using var folder = new TemporaryFolder();
        var model = CrossEncoder.Load(recorded.Path);
        model.Save(folder.Path);
        foreach (var file in Directory.EnumerateFiles(recorded.Path).Select(Path.GetFileName).Where(file => !file!.StartsWith("expected", StringComparison.Ordinal)))
        {
            File.Exists(folder.Of(file!)).ShouldBeTrue(file);
        }

        SafetensorsFile.Open(folder.Of("model.safetensors")).Tensors.Select(tensor => tensor.Name).Order().ShouldBe(
            SafetensorsFile.Open(Path.Combine(recorded.Path, "model.safetensors")).Tensors.Select(tensor => tensor.Name).Order());
        ConfigurationFile.Read(folder.Of("config.json")).Section("sentence_transformers")!.Text("version").ShouldBe("5.2.0.dev0");
        var again = CrossEncoder.Load(folder.Path);
        again.ToString().ShouldBe(model.ToString());
        again.Predict(recorded.Pairs).Scores.Values.SequenceEqual(model.Predict(recorded.Pairs).Scores.Values).ShouldBeTrue();
    }

    [Theory]
    [InlineData("", "Sigmoid")]
    [InlineData("\"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\",", "Identity")]
    [InlineData("\"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.activation.Tanh\"},", "Tanh")]
    [InlineData("\"sbert_ce_default_activation_function\": \"torch.nn.modules.linear.Identity\", \"sentence_transformers\": {\"activation_fn\": \"torch.nn.modules.activation.Sigmoid\"},", "Sigmoid")]
    public void The_activation_is_the_one_that_the_files_name_in_any_version(string fields, string activation)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder")).Edit("config.json", "\"sentence_transformers\"", "\"ignored\"");
        folder.Edit("config.json", "\"model_type\"", fields + "\"model_type\"");
        CrossEncoder.Load(folder.Path).Config.Activation.ToString().ShouldBe(activation);
        File.WriteAllText(folder.Of("config_sentence_transformers.json"), """{"model_type": "CrossEncoder", "prompts": {"query": "the man "}, "activation_fn": "torch.nn.modules.activation.ReLU"}""");
        var model = CrossEncoder.Load(folder.Path);
        model.Config.Activation.ShouldBe(Activation.Relu);
        model.Predict([("rides", "a horse")], new PredictOptions { PromptName = "query" })[0][0].ShouldBe(model.Predict("the man rides", "a horse")[0]);
    }

    [Fact]
    public void Labels_are_those_of_the_configuration()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder-nli"))
            .Edit("config.json", "\"0\": \"LABEL_0\"", "\"0\": \"contradiction\"").Edit("config.json", "\"1\": \"LABEL_1\"", "\"1\": \"entailment\"");
        var model = CrossEncoder.Load(folder.Path);
        model.Labels.ShouldBe(["contradiction", "entailment", "LABEL_2"]);
        var predictions = model.Predict([("a man", "a girl")]);
        var scores = predictions[0].ToArray();
        predictions.LabelOf(0).ShouldBe(model.Labels[Array.IndexOf(scores, scores.Max())]);
    }

    [Fact]
    public void What_is_wrong_is_named_with_the_file()
    {
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(Fixtures.Own("st/mean-normalize"))).Message.ShouldContain("Load the model with SentenceTransformer");
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(Fixtures.Own("st/splade"))).Message.ShouldContain("load it with SparseEncoder");
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder")).Edit("config.json", "activation.Sigmoid", "activation.Wave");
        var message = Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message;
        message.ShouldContain("config.json");
        message.ShouldContain("torch.nn.modules.activation.Wave");
        message.ShouldContain("torch.nn.modules.activation.Sigmoid");
        var model = CrossEncoder.Load(Fixtures.Own("st/cross-encoder-nli"));
        Should.Throw<InvalidOperationException>(() => model.Rank("a", ["b"])).Message.ShouldContain("3 labels");
        Should.Throw<ArgumentException>(() => model.Predict([("a", null!)])).Message.ShouldContain("pair 0");
        Should.Throw<ArgumentException>(() => CrossEncoder.Load(Fixtures.Own("st/cross-encoder")).Predict("a", "b", new PredictOptions { ApplySoftmax = true }));
        Should.Throw<ArgumentException>(() => CrossEncoder.Load(Fixtures.Own("st/cross-encoder")).Rank("a", ["b"], topK: 0));
        model.Predict([]).Count.ShouldBe(0);
    }
}
