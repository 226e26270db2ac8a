using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes one panel of a matrix product, for any number of rows.</summary>
internal static unsafe class TileColumn<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Computes c = a · panel in tiles that fit the register file. The step is above 1 if a is transposed.</summary>
    public static void Multiply(float* a, nint strideA, int rows, float* panel, int depth, float* c, nint strideC, nint stepA = 1) =>
        Multiply<FloatElements>(a, strideA, rows, panel, depth, c, strideC, stepA);

    /// <summary>Computes c = a · panel in tiles that fit the register file. The step is above 1 if a is transposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TElements>(
        float* a, nint strideA, int rows, float* panel, int depth, float* c, nint strideC, nint stepA = 1)
        where TElements : struct, IPanelElements
    {
        while (rows > 0)
        {
            var tile = TallestTile<TElements>(rows);
            Tile<TElements>(tile, a, strideA, stepA, panel, depth, c, strideC);
            a += tile * strideA;
            c += tile * strideC;
            rows -= tile;
        }
    }

    /// <summary>
    /// Returns the number of rows to compute at once. The last two tiles share the rest: one row alone would take as long as four.
    /// </summary>
    public static int TallestTile<TElements>(int rows)
        where TElements : struct, IPanelElements
    {
        var tallest = TElements.TileRows<TLanes>();
        return rows >= 2 * tallest ? tallest : rows > tallest ? (rows + 1) / 2 : rows;
    }

    /// <summary>Computes one tile of the given number of rows, at most as many as fit the register file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile<TElements>(int rows, float* a, nint strideA, nint stepA, float* panel, int depth, float* c, nint strideC)
        where TElements : struct, IPanelElements
    {
        switch (rows)
        {
            case 1:
                MatrixTile<TLanes, TElements, Rows1>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 2:
                MatrixTile<TLanes, TElements, Rows2>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 3:
                MatrixTile<TLanes, TElements, Rows3>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 4:
                MatrixTile<TLanes, TElements, Rows4>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 5:
                MatrixTile<TLanes, TElements, Rows5>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 6:
                MatrixTile<TLanes, TElements, Rows6>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 7:
                MatrixTile<TLanes, TElements, Rows7>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 8:
                MatrixTile<TLanes, TElements, Rows8>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 9:
                MatrixTile<TLanes, TElements, Rows9>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 10:
                MatrixTile<TLanes, TElements, Rows10>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 11:
                MatrixTile<TLanes, TElements, Rows11>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 12:
                MatrixTile<TLanes, TElements, Rows12>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 13:
                MatrixTile<TLanes, TElements, Rows13>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 14:
                MatrixTile<TLanes, TElements, Rows14>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
        }
    }
}
