using Semblance.Modules;

namespace Semblance.Training.Tests.Adaptation;

public class NewWordsTests
{
    [Fact]
    public void The_words_that_save_the_most_tokens_come_first()
    {
        var tokenizer = RecordedModel.MeanNormalize.Tokenizer;
        string[] texts = [.. Enumerable.Repeat("Zygomorphic xylographs.", 9), .. Enumerable.Repeat("A zygomorphic flower.", 9), "Quizzically, once."];
        var words = NewWords.Find(texts, tokenizer, 10);
        words[0].ShouldBe("zygomorphic");
        words.ShouldContain("xylographs");
        words.ShouldNotContain("quizzically"); // too rare
        words.ShouldAllBe(word => tokenizer.TokenToId(word) == null);
    }

    [Fact]
    public void A_new_word_begins_as_the_mean_of_its_tokens_and_texts_without_it_keep_their_vectors()
    {
        var model = RecordedModel.MeanNormalize;
        var extended = NewWords.Add(model, ["zygomorphic"]);
        var id = extended.Tokenizer.TokenToId("zygomorphic")!.Value;
        id.ShouldBeGreaterThanOrEqualTo(model.Tokenizer.VocabularySize);
        var ids = model.Tokenizer.Encode("zygomorphic").Ids.ToArray()[1..^1];
        var (before, after) = (Words(model), Words(extended));
        var mean = Enumerable.Range(0, before.Columns).Select(column => ids.Average(token => before.Row(token)[column])).ToArray();
        after.Row(id).ToArray().Zip(mean).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
        extended.Encode("A flower is here.").ShouldBe(model.Encode("A flower is here."));
        extended.Tokenizer.Encode("Zygomorphic flowers").Ids.ToArray().ShouldContain(id); // in lower case, as the tokenizer makes it
        extended.Tokenizer.Encode("zygomorphically").Ids.ToArray().ShouldNotContain(id); // as a whole word only
    }

    [Fact]
    public void A_saved_model_has_the_new_words_and_their_embeddings()
    {
        using var folder = new TemporaryFolder();
        var extended = NewWords.Add(RecordedModel.MeanNormalize, ["zygomorphic", "xylographs"]);
        extended.Save(folder.Path);
        var loaded = SentenceTransformer.Load(folder.Path);
        loaded.Warnings.ShouldBe(extended.Warnings);
        loaded.Encode("Zygomorphic xylographs.").ShouldBe(extended.Encode("Zygomorphic xylographs."));
        File.ReadAllText(folder.File("config.json")).ShouldContain($"\"vocab_size\": {extended.Tokenizer.VocabularySize}");
        loaded.Tokenizer.TokenToId("xylographs").ShouldBe(extended.Tokenizer.VocabularySize - 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("the")]
    public void A_word_that_is_empty_or_known_is_refused(string word) =>
        Should.Throw<ArgumentException>(() => NewWords.Add(RecordedModel.MeanNormalize, [word]));

    private static Tensors.Tensor Words(SentenceTransformer model) => ((TransformerModule)model.Modules[0]).Transformer.WordEmbeddings.Weight;
}
