using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Tests;

/// <summary>Rerankers that are causal models: the score is in what they would say next.</summary>
public class CausalCrossEncoderTests
{
    private const string Roles =
        """
        judge: {{ messages | selectattr("role", "eq", "system") | map(attribute="content") | first | default("the usual") }}
        query: {{ messages | selectattr("role", "eq", "query") | map(attribute="content") | first }}
        document: {{ messages | selectattr("role", "eq", "document") | map(attribute="content") | first }}
        answer:
        """;

    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "yes", "no", "judge", "query", "document", "answer", ":", "the", "usual", "man", "horse", "eats", "food", ".", "0", "1", "2", "3", "4"];

    private static readonly PredictOptions Raw = new() { Activation = Activation.Identity };

    [Fact]
    public void The_score_is_the_logit_of_yes_less_that_of_no_behind_the_last_token_of_the_template()
    {
        using var folder = Reranker();
        ModelKinds.Of(folder.Path).ShouldBe(ModelKind.CrossEncoder);
        var model = CrossEncoder.Load(folder.Path);
        model.Labels.Count.ShouldBe(1);
        model.Config.Activation.ShouldBe(Activation.Sigmoid);
        var text = "judge: the usual query: the man document: the horse eats. answer:";
        var logits = Logits(folder, text);
        var score = model.Predict("the man", "the horse eats.", Raw)[0];
        score.ShouldBe(logits[5] - logits[6], 2e-5f);
        model.Predict("the man", "the horse eats.")[0].ShouldBe(1 / (1 + MathF.Exp(-score)), 1e-6f);

        var prompted = Logits(folder, text.Replace("the usual", "food", StringComparison.Ordinal));
        model.Predict("the man", "the horse eats.", Raw with { Prompt = "food" })[0].ShouldBe(prompted[5] - prompted[6], 2e-5f);
        model.Rank("the man", ["the horse", "food."]).Length.ShouldBe(2);

        folder.Write("1_LogitScore/config.json", """{"true_token_id": 5, "false_token_id": null}""");
        CrossEncoder.Load(folder.Path).Predict("the man", "the horse eats.", Raw)[0].ShouldBe(logits[5], 2e-5f);
    }

    [Fact]
    public void A_pair_has_the_same_bits_alone_in_any_batch_and_after_saving()
    {
        using var folder = Reranker();
        var model = CrossEncoder.Load(folder.Path);
        var pairs = Enumerable.Range(0, 60).Select(i => (string.Join(' ', Enumerable.Repeat("the man", i % 5)), string.Join(' ', Enumerable.Repeat("horse eats", i % 7)))).ToArray();
        var together = model.Predict(pairs);
        for (var i = 0; i < pairs.Length; i++)
        {
            model.Predict(pairs[i].Item1, pairs[i].Item2, new PredictOptions { MaxThreads = 1 })[0].ShouldBe(together[i][0]);
        }

        using var saved = new TemporaryFolder();
        model.Save(saved.Path);
        new[] { "modules.json", "1_LogitScore/config.json", "chat_template.jinja", "sentence_bert_config.json", "config_sentence_transformers.json" }.ShouldAllBe(file => File.Exists(saved.Of(file)));
        CrossEncoder.Load(saved.Path).Predict(pairs).Scores.Values.SequenceEqual(together.Scores.Values).ShouldBeTrue();
    }

    [Theory]
    [InlineData("right")]
    [InlineData("left")]
    public void Of_a_pair_that_is_too_long_the_end_of_the_template_stays(string side)
    {
        using var folder = Reranker();
        JsonEdit.Set(folder.Of("sentence_bert_config.json"), "max_seq_length", "16");
        JsonEdit.Set(folder.Of("tokenizer_config.json"), "truncation_side", $"\"{side}\"");
        var model = CrossEncoder.Load(folder.Path);
        var tokenizer = Tokenizer.Load(folder.Path);
        int[] ids = [.. tokenizer.Encode($"judge: the usual query: the man document: {string.Concat(Enumerable.Repeat("the horse eats ", 9))} answer:", options: new TokenizerOptions { AddSpecialTokens = false }).Ids];
        int[] kept = side == "left" ? ids[^16..] : [.. ids[..14], .. ids[^2..]];
        var logits = Logits(folder, kept);
        var predictions = model.Predict([("the man", string.Concat(Enumerable.Repeat("the horse eats ", 9)).Trim())], Raw);
        predictions.Truncated[0].ShouldBeTrue();
        predictions[0][0].ShouldBe(logits[5] - logits[6], 2e-5f);
    }

    [Fact]
    public void Contents_in_parts_options_of_the_template_and_pairs_without_one_are_understood()
    {
        using var folder = Reranker();
        folder.Write("chat_template.jinja", """
            {{ (messages | selectattr("role", "eq", "query") | first).content[0].text }} {{ (messages | selectattr("role", "eq", "document") | first).content[0].text }}
            {% if add_generation_prompt %}answer{% endif %}{{ pad_token }}
            """);
        JsonEdit.Set(folder.Of("sentence_bert_config.json"), "modality_config.message.format", "\"structured\"");
        JsonEdit.Set(folder.Of("sentence_bert_config.json"), "processing_kwargs", """{"chat_template": {"add_generation_prompt": true}}""");
        var logits = Logits(folder, "the man horse answer [PAD]");
        CrossEncoder.Load(folder.Path).Predict("the man", "horse", Raw)[0].ShouldBe(logits[5] - logits[6], 2e-5f);

        JsonEdit.Set(folder.Of("sentence_bert_config.json"), "modality_config", """{"text": {"method": "forward", "method_output_name": "logits"}}""");
        logits = Logits(folder, [.. Tokenizer.Load(folder.Path).Encode("the man", "horse").Ids]);
        CrossEncoder.Load(folder.Path).Predict("the man", "horse", Raw)[0].ShouldBe(logits[5] - logits[6], 2e-5f);
    }

    [Fact]
    public void A_classifier_whose_settings_ask_for_a_template_judges_what_it_makes()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cross-encoder"));
        folder.Write("chat_template.jinja", "[CLS] {{ messages[0].content }} [SEP] {{ messages[1].content }} [SEP]");
        var plain = CrossEncoder.Load(folder.Path).Predict("the man", "a horse", Raw)[0];
        folder.Write("sentence_bert_config.json", """{"modality_config": {"text": {}, "message": {"format": "flat"}}}""");
        var logits = Logits(folder, "[CLS] the man [SEP] a horse [SEP]");
        var model = CrossEncoder.Load(folder.Path);
        model.Predict("the man", "a horse", Raw)[0].ShouldBe(logits[0], 2e-5f);
        MathF.Abs(logits[0] - plain).ShouldBeGreaterThan(1e-3f); // there the second text has another type

        using var saved = new TemporaryFolder();
        model.Save(saved.Path);
        File.Exists(saved.Of("modules.json")).ShouldBeFalse();
        CrossEncoder.Load(saved.Path).Predict("the man", "a horse", Raw)[0].ShouldBe(model.Predict("the man", "a horse", Raw)[0]);
    }

    [Fact]
    public void A_plain_causal_model_is_asked_for_its_words_yes_and_no_with_the_template_of_its_tokenizer()
    {
        using var folder = Reranker();
        var expected = CrossEncoder.Load(folder.Path).Predict("the man", "horse", Raw)[0];
        foreach (var file in new[] { "modules.json", "sentence_bert_config.json", "chat_template.jinja" })
        {
            File.Delete(folder.Of(file));
        }

        JsonEdit.Set(folder.Of("tokenizer_config.json"), "chat_template", System.Text.Json.JsonSerializer.Serialize(Roles));
        CrossEncoder.Load(folder.Path).Predict("the man", "horse", Raw)[0].ShouldBe(expected);
        Tokenizer.CreateBert([.. Words.Select(word => word == "no" ? "nay" : word)]).Save(folder.Path);
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message.ShouldSatisfyAllConditions(
            message => message.ShouldStartWith(folder.Of("config.json")), message => message.ShouldContain("no token 'no'"));
    }

    [Fact]
    public void The_gradient_of_the_score_reaches_the_words_for_yes_and_no()
    {
        using var folder = Reranker();
        var model = CrossEncoder.LoadTrainable(folder.Path);
        var words = model.Parameters().Single(parameter => parameter.Name.EndsWith("embed_tokens.weight", StringComparison.Ordinal)).Value;
        words.RequiresGradient = true;
        using var run = new Computation(recording: true);
        run.Backward(run.Sum(model.Forward(run, [("the man", "horse")])));
        var (yes, no) = (words.Gradient.ShouldNotBeNull().Row(5).ToArray(), words.Gradient!.Row(6).ToArray());
        yes.ShouldContain(value => value != 0);
        no.ShouldBe(yes.Select(value => -value)); // neither is in the text
    }

    [Theory]
    [InlineData("modules.json", """[{"idx": 0, "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"}, {"idx": 1, "path": "1", "type": "sentence_transformers.models.Pooling"}, {"idx": 2, "path": "2", "type": "sentence_transformers.cross_encoder.modules.logit_score.LogitScore"}]""", "found the modules Transformer, Pooling, LogitScore; a cross-encoder of a causal model has a Transformer and a LogitScore")]
    [InlineData("modules.json", """[{"idx": 0, "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"}, {"idx": 1, "path": "1", "type": "sentence_transformers.models.Pooling"}]""", "found the modules Transformer, Pooling;")]
    [InlineData("1_LogitScore/config.json", """{"true_token_id": 5000}""", "'true_token_id' is 5000")]
    [InlineData("1_LogitScore/config.json", "{}", "'true_token_id' is missing")]
    [InlineData("chat_template.jinja", "{% for message in messages %}{% if message.role == 'user' %}{{ message.content }}{% endif %}{% endfor %}", "leaves out a text of a pair")]
    [InlineData("chat_template.jinja", "{{ messages | tojson }}", "the filter 'tojson'")]
    [InlineData("sentence_bert_config.json", """{"modality_config": {"message": {"format": "round"}}}""", "'format' is 'round'; supported are flat and structured")]
    public void What_is_wrong_is_named_with_the_file(string file, string content, string named)
    {
        using var folder = Reranker();
        var path = folder.Write(file, content);
        var message = Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message;
        message.ShouldStartWith(path);
        message.ShouldContain(named);
    }

    [Fact]
    public void A_class_that_predicts_no_words_and_a_template_that_is_missing_are_named()
    {
        using var folder = Reranker();
        File.Delete(folder.Of("chat_template.jinja"));
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).Message.ShouldStartWith(folder.Of("sentence_bert_config.json") + ": 'message' requires a chat template");
        JsonEdit.Set(folder.Of("config.json"), "architectures", "[\"Qwen3Model\"]");
        Should.Throw<ModelFormatException>(() => CrossEncoder.Load(folder.Path)).ShouldName(folder.Of("config.json"), "Qwen3Model", "ForCausalLM GPT2LMHeadModel");
    }

    // A recorded decoder, whose word table serves as its head, in the layout that sentence-transformers 5.4 saves.
    private static TemporaryFolder Reranker()
    {
        var folder = new TemporaryFolder().With(Fixtures.Own("models/qwen3"));
        JsonEdit.Set(folder.Of("config.json"), "architectures", "[\"Qwen3ForCausalLM\"]");
        JsonEdit.Set(folder.Of("config.json"), "tie_word_embeddings", "true");
        Tokenizer.CreateBert(Words).Save(folder.Path);
        folder.Write("chat_template.jinja", Roles);
        folder.Write("modules.json", """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
             {"idx": 1, "name": "1", "path": "1_LogitScore", "type": "sentence_transformers.cross_encoder.modules.logit_score.LogitScore"}]
            """);
        folder.Write("1_LogitScore/config.json", """{"true_token_id": 5, "false_token_id": 6, "module_input_name": "causal_logits"}""");
        folder.Write("sentence_bert_config.json", """
            {"transformer_task": "text-generation", "module_output_name": "causal_logits",
             "modality_config": {"text": {"method": "forward", "method_output_name": "logits"}, "message": {"method": "forward", "method_output_name": "logits", "format": "flat"}}}
            """);
        return folder;
    }

    // What the model would say behind a text, without special tokens around it.
    private static float[] Logits(TemporaryFolder folder, string text) =>
        Logits(folder, [.. Tokenizer.Load(folder.Path).Encode(text, options: new TokenizerOptions { AddSpecialTokens = false }).Ids]);

    private static float[] Logits(TemporaryFolder folder, int[] ids)
    {
        using var run = new Computation();
        var logits = TaskModel.Load(folder.Path).Forward(run, PackedBatch.From([ids]))["logits"];
        return logits.Row(logits.Rows - 1).ToArray();
    }
}
