namespace Semblance.Fuzzing;

public class FuzzTests
{
    // A kind of file: a list of targets.
    private static readonly FuzzTarget[] Targets = [.. TokenizerTargets.All, .. WeightTargets.All, .. ModelTargets.All, .. FileTargets.All, .. FolderTargets.All];

    public static TheoryData<string> Names => [.. Targets.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mutated_file_gives_a_result_or_a_documented_exception(string target) =>
        new FuzzRun(Targets.Single(one => one.Name == target)).Execute();

    [Fact]
    public void The_same_number_gives_the_same_input()
    {
        var seeds = TokenizerTargets.All[0].Seeds;
        foreach (var number in Enumerable.Range(0, 50))
        {
            var (one, other) = (new Mutator("target", number).Mutate(seeds), new Mutator("target", number).Mutate(seeds));
            other.Files.Keys.ShouldBe(one.Files.Keys);
            one.Files.Keys.ShouldAllBe(name => one[name].SequenceEqual(other[name]));
        }
    }
}
