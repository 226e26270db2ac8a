using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Tests.Words;

public class WordTokenizerTests
{
    // What NLTK 3.8's word_tokenize makes of each line with preserve_line.
    [Theory]
    [InlineData("Good muffins cost $3.88 (roughly 3,36 euros)\nin New York.  Please buy me\ntwo of them.\nThanks.", "Good muffins cost $ 3.88 ( roughly 3,36 euros ) in New York. Please buy me two of them. Thanks .")]
    [InlineData("I can't gonna say \"hello\" -- it's 'tis Tom's dogs' bone...", "I ca n't gon na say `` hello '' -- it 's 't is Tom 's dogs ' bone ...")]
    [InlineData("They'll save and invest more; cannot wanna go: 9:30, yes!", "They 'll save and invest more ; can not wan na go : 9:30 , yes !")]
    [InlineData("«Élan» “quoted” l'été ’til 'twas the end.)\" ", "« Élan » “ quoted ” l'été ’ til 't was the end . ) ''")]
    [InlineData("a.b. c... d,e [x]{y}<z> 100% #tag @me * & don't DON'T", "a.b. c ... d , e [ x ] { y } < z > 100 % # tag @ me * & do n't DO N'T")]
    [InlineData("", "")]
    public void Words_are_those_of_the_Penn_Treebank(string text, string words) => string.Join(' ', TreebankWords.Split(text)).ShouldBe(words);

    [Fact]
    public void Absurd_texts_take_no_absurd_time()
    {
        foreach (var text in new[] { "a." + new string(' ', 30_000) + "b", new string('.', 30_000), new string('\'', 30_000), string.Concat(Enumerable.Repeat("'a", 15_000)) })
        {
            TreebankWords.Split(text).Count.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void White_space_divides_and_unknown_words_are_looked_up_bare_and_in_lower_case()
    {
        var tokenizer = new WhitespaceTokenizer(["pad", "man", "U.S.", "rides", "The"], stopWords: ["a", "the"]);
        tokenizer.Tokenize("The MAN, (rides) a Man in\tthe U.S. !").ShouldBe([4, 1, 3, 1, 2]);
        new WhitespaceTokenizer(["pad", "man", "The"], ["a"], lowerCase: true).Tokenize("The Man").ShouldBe([1], "'The' is 'the' before anything else");
    }

    [Fact]
    public void Phrases_of_the_vocabulary_are_found_the_longest_first()
    {
        var tokenizer = new PhraseTokenizer(["pad", "New_York", "new_york_city", "York", "hall", "bad__word", "New", "bad"], ["of"]);
        tokenizer.Tokenize("New York City of York, New York").ShouldBe([2, 3, 1]);
        tokenizer.Tokenize("bad word").ShouldBe([7]);
        new PhraseTokenizer(["New_York", "York"], separator: null).Tokenize("New York").ShouldBe([1]);
    }

    [Fact]
    public void Words_that_say_little_are_left_out_unless_told_otherwise()
    {
        new WhitespaceTokenizer(["pad", "the", "man"]).Tokenize("the man").ShouldBe([2]);
        new WhitespaceTokenizer(["pad", "the", "man"]).StopWords.Count.ShouldBe(386);
        new WhitespaceTokenizer(["pad", "the", "man"], []).Tokenize("the man").ShouldBe([1, 2]);
    }

    [Fact]
    public void Tokenizers_load_again_as_they_were_saved()
    {
        using var folder = new TemporaryFolder();
        WordTokenizer[] tokenizers = [new WhitespaceTokenizer(["pad", "Él", "x"], ["y"], lowerCase: true), new PhraseTokenizer(["a b", "c_d"], [], separator: " ", longest: 2)];
        foreach (var tokenizer in tokenizers)
        {
            tokenizer.Save(folder.Path);
            var again = WordTokenizer.Load(folder.Path, tokenizer.Type);
            (again.GetType(), again.LowerCase).ShouldBe((tokenizer.GetType(), tokenizer.LowerCase));
            again.Vocabulary.ShouldBe(tokenizer.Vocabulary);
            again.StopWords.ShouldBe(tokenizer.StopWords);
        }

        ((PhraseTokenizer)WordTokenizer.Load(folder.Path, "x.PhraseTokenizer")).Separator.ShouldBe(" ");
        Should.Throw<ModelFormatException>(() => WordTokenizer.Load(folder.Path, "x.TransformersTokenizerWrapper")).Message.ShouldContain("WhitespaceTokenizer, PhraseTokenizer");
    }
}
