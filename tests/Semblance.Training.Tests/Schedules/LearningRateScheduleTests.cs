using System.Text.Json;

namespace Semblance.Training.Tests;

public class LearningRateScheduleTests
{
    private const double Rate = 1e-3;
    private const int Warmup = 6;
    private const int Total = 40;

    public static TheoryData<string, LearningRateSchedule> Schedules => new()
    {
        { "constant", new ConstantSchedule(Rate) },
        { "constant_with_warmup", new ConstantSchedule(Rate, Warmup) },
        { "linear", new LinearSchedule(Rate, Total, Warmup) },
        { "cosine", new CosineSchedule(Rate, Total, Warmup) },
        { "cosine_with_restarts", new CosineWithRestartsSchedule(Rate, Total, Warmup) { Cycles = 3 } },
        { "polynomial", new PolynomialSchedule(Rate, Total, Warmup) { Power = 2 } },
        { "inverse_sqrt", new InverseSquareRootSchedule(Rate, Warmup) },
        { "cosine_with_min_lr", new CosineSchedule(Rate, Total, Warmup) { MinimumRate = 1e-5 } },
    };

    [Theory]
    [MemberData(nameof(Schedules), DisableDiscoveryEnumeration = true)]
    public void Rates_are_those_of_transformers(string name, LearningRateSchedule schedule)
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("optim/schedules.json")));
        var step = 0;
        foreach (var rate in recorded.RootElement.GetProperty("lr").GetProperty(name).EnumerateArray())
        {
            schedule.At(step).ShouldBe(rate.GetDouble(), Math.Max(1e-9 * rate.GetDouble(), 1e-20), $"step {step}");
            step++;
        }

        step.ShouldBe(Total + 3);
    }

    [Fact]
    public void A_warm_up_as_long_as_the_training_is_no_division_by_zero()
    {
        new LinearSchedule(1, 10, 10).At(9).ShouldBe(0.9);
        new LinearSchedule(1, 10, 10).At(11).ShouldBe(0);
        new InverseSquareRootSchedule(1).At(30_000).ShouldBe(0.5);
        new CosineSchedule(0, 10) { MinimumRate = 1 }.At(3).ShouldBe(0);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LinearSchedule(1, 0)).ParamName.ShouldBe("TotalSteps");
        Should.Throw<ArgumentOutOfRangeException>(() => new ConstantSchedule(double.NaN)).ParamName.ShouldBe("Rate");
        Should.Throw<ArgumentOutOfRangeException>(() => new ConstantSchedule(1, -1)).ParamName.ShouldBe("WarmupSteps");
    }
}
