namespace Semblance.Training;

/// <summary>Checks the numbers in the settings of optimizers.</summary>
internal static class OptimizerSettings
{
    public static double AtLeastZero(double value, string setting) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(setting, value, $"{setting} must be a finite number, at least 0.");

    public static double BelowOne(double value, string setting) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(setting, value, $"{setting} must be at least 0 and less than 1.");
}
