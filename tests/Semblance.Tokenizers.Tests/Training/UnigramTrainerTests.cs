using Semblance.Tokenizers.Training;

namespace Semblance.Tokenizers.Tests.Training;

public class UnigramTrainerTests
{
    private static readonly string[] Texts =
    [
        .. Enumerable.Repeat("我喜欢用电脑上网", 5), .. Enumerable.Repeat("他的电脑坏了，我不喜欢", 5), .. Enumerable.Repeat("Computers are useful; a computer helps.", 9),
    ];

    [Fact]
    public void Chinese_words_of_the_dictionary_become_tokens_if_they_occur()
    {
        var tokenizer = Train(["电脑", "喜欢", "手机", "我喜欢用"]);
        Tokens(tokenizer, "我用电脑").ShouldBe(["我", "用", "电脑"]);
        Tokens(tokenizer, "不喜欢电脑，").ShouldBe(["不", "喜欢", "电脑", "，"]);
        tokenizer.TokenToId("手机").ShouldBeNull();
        Tokens(tokenizer, "A computer").ShouldBe(["a", "computer"]);
    }

    [Fact]
    public void Without_a_chinese_dictionary_frequent_sequences_become_tokens() =>
        Tokens(Train([]), "我喜欢用电脑上网").Count().ShouldBeLessThan(8);

    [Fact]
    public void Only_the_most_frequent_words_of_the_dictionary_have_a_place_if_its_size_is_limited()
    {
        var tokenizer = Train(["电脑", "上网"], dictionarySize: 1);
        tokenizer.TokenToId("电脑").ShouldNotBeNull();
        tokenizer.TokenToId("上网").ShouldBeNull();
    }

    [Fact]
    public void An_unknown_character_leaves_its_neighbors_known()
    {
        var tokenizer = Train(["电脑"]);
        var (known, unknown) = (tokenizer.TokenToId("电脑")!.Value, tokenizer.TokenToId("[UNK]")!.Value);
        tokenizer.Encode("电脑龘电脑").Ids.ToArray()[1..^1].ShouldBe([known, unknown, known]);
    }

    [Fact]
    public void Saved_files_load_as_the_same_tokenizer()
    {
        var folder = Directory.CreateTempSubdirectory("semblance-test").FullName;
        try
        {
            var tokenizer = Train(["电脑", "喜欢"]);
            tokenizer.Save(folder);
            var loaded = Tokenizer.Load(folder);
            foreach (var text in Texts.Distinct())
            {
                loaded.Encode(text).Ids.ToArray().ShouldBe(tokenizer.Encode(text).Ids.ToArray());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_vocabulary_has_at_most_the_requested_size()
    {
        var trainer = new UnigramTrainer(["电脑", "喜欢"], new() { VocabularySize = 40, MinFrequency = 1 });
        trainer.Add(Texts);
        trainer.TrainTokenizer().VocabularySize.ShouldBeLessThanOrEqualTo(40);
    }

    [Fact]
    public void Training_without_words_is_refused() =>
        Should.Throw<InvalidOperationException>(() => new UnigramTrainer([]).TrainTokenizer()).Message.ShouldContain("call Add first");

    private static Tokenizer Train(string[] dictionary, int? dictionarySize = null)
    {
        var trainer = new UnigramTrainer(dictionary, new() { VocabularySize = 200, MinFrequency = 2 }, dictionarySize);
        trainer.Add(Texts);
        return trainer.TrainTokenizer();
    }

    private static IEnumerable<string> Tokens(Tokenizer tokenizer, string text) =>
        tokenizer.Encode(text).Tokens.ToArray().Where(token => token is not ("[CLS]" or "[SEP]"));
}
