namespace Semblance.Tests;

public sealed class QuestionAnswererTests
{
    private const string Question = "a man", Context = "How many people live in Berlin? A man is eating food.";

    [Fact]
    public void A_model_is_read_again_and_finds_the_same_answers()
    {
        using var folder = new TemporaryFolder();
        var model = New();
        model.Save(folder.Path);
        var read = QuestionAnswerer.Load(folder.Path);
        read.Warnings.ShouldBeEmpty();
        var options = new AnswerOptions { TopK = 4 };
        var answers = model.Answer(Question, Context, options);
        read.Answer(Question, Context, options).ShouldBe(answers);
        answers.Count.ShouldBe(4);
        answers.ShouldAllBe(answer => Context.Substring(answer.Start, answer.Length) == answer.Text && answer.Length > 0);
        answers.Select(answer => answer.Score).ShouldBeInOrder(SortDirection.Descending);
        answers.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void The_best_span_is_the_product_of_the_probabilities_of_its_ends()
    {
        var tokenizer = New().Tokenizer;
        var tokens = tokenizer.Encode("a", "a b c d"); // [CLS] a [SEP] a b c d [SEP]
        var logits = new float[2 * tokens.Count];
        (logits[2 * 4], logits[(2 * 5) + 1]) = (2, 3); // starts at b, ends at c
        (logits[2 * 1], logits[(2 * 6) + 1]) = (9, 1); // the question is left out
        var answer = new AnswerSearch(new AnswerOptions(), tokenizer.ClassId).Of("a b c d", [(tokens, logits)]).ShouldHaveSingleItem();
        answer.Text.ShouldBe("b c");
        var (starts, ends) = (Math.Exp(2) + 4, Math.Exp(3) + Math.E + 3); // a, b, c, d and [CLS]
        answer.Score.ShouldBe((float)(Math.Exp(2) / starts * (Math.Exp(3) / ends)), 1e-5f);
        new AnswerSearch(new AnswerOptions { MaxAnswerTokens = 1 }, tokenizer.ClassId).Of("a b c d", [(tokens, logits)])[0].Text.ShouldBe("c");
    }

    [Fact]
    public void No_answer_wins_if_its_token_is_the_most_probable()
    {
        var tokenizer = New().Tokenizer;
        var tokens = tokenizer.Encode("a", "a b");
        var logits = new float[2 * tokens.Count];
        (logits[0], logits[1]) = (5, 5);
        new AnswerSearch(new AnswerOptions { AllowNoAnswer = true }, tokenizer.ClassId).Of("a b", [(tokens, logits)])[0].ShouldSatisfyAllConditions(
            answer => answer.Text.ShouldBe(""), answer => answer.Length.ShouldBe(0));
        new AnswerSearch(new AnswerOptions(), tokenizer.ClassId).Of("a b", [(tokens, logits)])[0].Text.ShouldNotBe("");
    }

    [Fact]
    public void An_answer_is_widened_to_whole_words()
    {
        var tokenizer = New().Tokenizer;
        var tokens = tokenizer.Encode("a", "ab c"); // a ##b c
        var logits = new float[2 * tokens.Count];
        (logits[2 * 4], logits[(2 * 4) + 1]) = (9, 9);
        new AnswerSearch(new AnswerOptions(), tokenizer.ClassId).Of("ab c", [(tokens, logits)])[0].Text.ShouldBe("ab");
    }

    [Fact]
    public void Long_texts_are_read_in_windows_and_several_texts_share_the_probability()
    {
        var model = New();
        var text = string.Join(' ', Enumerable.Repeat(Context, 20));
        var answered = model.Answer([(Question, text)], new AnswerOptions { TopK = 3 })[0];
        answered.WindowCount.ShouldBeGreaterThan(1);
        answered.Answers.ShouldAllBe(answer => text.Substring(answer.Start, answer.Length) == answer.Text);
        var found = model.AnswerFrom(Question, [Context, text], new AnswerOptions { TopK = 5 });
        found.Count.ShouldBe(5);
        found.Sum(answer => answer.Answer.Score).ShouldBeLessThanOrEqualTo(1);
        found.Select(answer => answer.Answer.Score).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task A_stream_has_the_results_of_a_list()
    {
        var model = New();
        (string, string)[] questions = [(Question, Context), (Question, "")];
        var list = model.Answer(questions);
        list[1].Answers.ShouldBeEmpty();
        (await model.AnswerAsync(questions.ToAsyncEnumerable()).ToListAsync()).SelectMany(answered => answered.Answers)
            .ShouldBe(list.SelectMany(answered => answered.Answers));
    }

    [Fact]
    public void Answers_become_tokens_and_those_beyond_the_length_become_none()
    {
        var model = New();
        model.AlignAnswer("a", "ab c", new LabeledSpan(0, 2)).ShouldBe((3, 4)); // [CLS] a [SEP] a ##b c [SEP]
        model.AlignAnswer("a", "ab c", null).ShouldBe((0, 0));
        var text = string.Join(' ', Enumerable.Repeat("c", 500));
        model.AlignAnswer("a", text, new LabeledSpan(text.Length - 1, 1)).ShouldBe((0, 0));
        Should.Throw<ArgumentException>(() => model.AlignAnswer("a", "c", new LabeledSpan(0, 2))).Message.ShouldContain("the text has 1 characters");
    }

    [Fact]
    public void A_question_that_leaves_no_room_is_refused()
    {
        var question = string.Join(' ', Enumerable.Repeat("a", 500));
        Should.Throw<ArgumentException>(() => New().Answer(question, Context)).Message.ShouldContain("shorten the question");
    }

    private static QuestionAnswerer New() => QuestionAnswerer.Create(TokenClassifierTests.Input, seed: 4);
}
